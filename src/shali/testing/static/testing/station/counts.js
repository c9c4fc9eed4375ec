// The figures of the screen, kept beside the store: should the browser lose it, the loss is known and has a number.
const NAME = "shali-station-counts";

export function rememberCounts(counts) {
  try {
    localStorage.setItem(NAME, JSON.stringify(counts));
  } catch {
    // Full or forbidden: sampling goes on, and a loss would have no number.
  }
}

/** What the screen said last on a device whose store is empty now, or null. */
export const remembered = () => JSON.parse(localStorage.getItem(NAME));

export const forgetCounts = () => localStorage.removeItem(NAME);
