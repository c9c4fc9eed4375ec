// A plan edited on its map: a point dragged to another place, a hollow circle pressed to open one there.
const map = document.querySelector("[data-plan-map]");
const form = document.querySelector("[data-plan-edit]");

function send(values) {
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  form.submit();
}

/** Where the pointer is in the drawing's own units. */
function place(event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
  return { x: point.x, y: point.y };
}

if (map && form && document.querySelector("[data-row] form")) {
  for (const one of map.querySelectorAll("[data-add]")) {
    one.addEventListener("click", () => send({ add: one.dataset.add }));
  }
  let held = null;
  let moved = false;
  for (const one of map.querySelectorAll("[data-site]")) {
    one.addEventListener("pointerdown", (event) => {
      held = one;
      moved = false;
      one.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    one.addEventListener("pointermove", (event) => {
      if (held !== one) return;
      moved = true;
      const { x, y } = place(event);
      one.setAttribute("transform", `translate(${x} ${y})`);
    });
    one.addEventListener("pointerup", (event) => {
      if (held !== one) return;
      held = null;
      if (!moved) return;
      const { x, y } = place(event);
      const { lon, lat, perX, perY } = map.dataset;
      send({
        move: one.dataset.site,
        lon: (Number(lon) + x * Number(perX)).toFixed(6),
        lat: (Number(lat) - y * Number(perY)).toFixed(6),
      });
    });
  }
}
