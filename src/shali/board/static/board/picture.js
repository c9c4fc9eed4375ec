// The wall as a PNG: the server's own drawing, painted with the fonts of whoever saves it.
const link = document.querySelector("[data-picture]");
link?.addEventListener("click", async (event) => {
  event.preventDefault();
  const picture = new Image();
  picture.src = link.href;
  try {
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 1920;
    canvas.height = 1080;
    canvas.getContext("2d").drawImage(picture, 0, 0, 1920, 1080);
    const blob = await new Promise((done) => { canvas.toBlob(done, "image/png"); });
    const save = document.createElement("a");
    save.href = URL.createObjectURL(blob);
    save.download = link.dataset.picture;
    save.click();
    setTimeout(() => URL.revokeObjectURL(save.href), 10_000);
  } catch {
    location.href = link.href;
  }
});
