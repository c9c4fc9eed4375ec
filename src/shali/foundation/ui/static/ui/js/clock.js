// h:mm of a span in milliseconds; the sign is the caller's.
export function hours(ms) {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

// What a clock badge says after its word: what is left, or by how much it is over.
export function clockWords(due, now, { left = "" } = {}) {
  return now < due ? `${left}${hours(due - now)}` : hours(now - due);
}
