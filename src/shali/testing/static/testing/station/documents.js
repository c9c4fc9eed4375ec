// What a reader types, a camera sees or a hand writes, taken for what it is. Pure.
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = "10X98765432";
export const CODE_PREFIX = "SHALI1:";

export const clean = (said) => said.normalize("NFKC").replace(/[\s'’‘`\-\u200b-\u200f\u2060\ufeff]/g, "").toUpperCase();

/** GB 11643: does the last character follow from the seventeen before it, and are they a day that was? */
export function isResidentId(number) {
  if (!/^\d{17}[\dX]$/.test(number)) return false;
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(number[place]), 0);
  const [year, month, day] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)].map(Number);
  const born = new Date(Date.UTC(year, month - 1, day));
  const isDay = born.getUTCFullYear() === year && born.getUTCMonth() === month - 1 && born.getUTCDate() === day;
  return isDay && CHECKS[sum % 11] === number[17];
}

const VALUE = (one) => (one === "<" ? 0 : /\d/.test(one) ? Number(one) : one.charCodeAt(0) - 55);
const checkOf = (said) => String([...said].reduce((sum, one, place) => sum + VALUE(one) * [7, 3, 1][place % 3], 0) % 10);

/** A passport's two lines of 44 characters (ICAO 9303, TD3): number, name, or null where a check digit does not hold. */
export function readMrz(said) {
  const lines = said.toUpperCase().replace(/[^A-Z0-9<\n]/g, "").split("\n").join("");
  if (lines.length !== 88 || lines[0] !== "P") return null;
  const [top, below] = [lines.slice(0, 44), lines.slice(44)];
  const parts = [below.slice(0, 9), below.slice(13, 19), below.slice(21, 27)];
  const digits = [below[9], below[19], below[27]];
  if (!parts.every((part, place) => checkOf(part) === digits[place])) return null;
  if (checkOf(below.slice(0, 10) + below.slice(13, 20) + below.slice(21, 43)) !== below[43]) return null;
  const name = top.slice(5).split("<<").map((part) => part.replaceAll("<", " ").trim()).filter(Boolean).join(" ");
  return { number: below.slice(0, 9).replaceAll("<", ""), name };
}

/**
 * What was read: {doc, code, name, tail, initial, how} of a person, {tube} of a label, or {wrong} with the reason's name.
 * A reader of ID cards types the number, and some of them the name after a tab.
 */
export function take(said, how) {
  const whole = said.trim();
  if (!whole) return { wrong: "empty" };
  if (whole.startsWith(CODE_PREFIX)) {
    const [code, initial = ""] = whole.slice(CODE_PREFIX.length).split(":");
    return /^[0-9a-hjkmnp-tv-z]{12}$/.test(code) ? { code, initial, tail: code.slice(-4), how: "code" } : { wrong: "code" };
  }
  if (/^P[A-Z<]/i.test(whole) && whole.includes("<")) {
    const passport = readMrz(whole);
    if (!passport) return { wrong: "passport" };
    return { doc: passport.number, name: passport.name, initial: passport.name[0], tail: passport.number.slice(-4), how: "passport" };
  }
  const [typed, name = ""] = whole.split("\t");
  const number = clean(typed);
  if (/^\d{17}[\dX]$/.test(number)) {
    if (!isResidentId(number)) return { wrong: "id_check" };
    return { doc: number, name: name.trim(), initial: [...name.trim()][0] ?? "", tail: number.slice(-4), how };
  }
  // A number as long as this that a spreadsheet or a tired hand cut short is nobody's.
  if (/^\d{16,}$/.test(number)) return { wrong: "id_length" };
  if (/^[A-Z]{1,2}\d{7,8}$|^[HM]\d{8}(\d{2})?$|^\d{15}$|^[A-Z]{3}\d{12}$/.test(number)) {
    return { doc: number, name: name.trim(), initial: [...name.trim()][0] ?? "", tail: number.slice(-4), how };
  }
  return { wrong: "unknown" };
}

/** A tube's or a box's label: letters, digits and dashes, never an ID number. */
export function takeLabel(said) {
  const label = said.trim().toUpperCase();
  if (!/^[A-Z0-9][A-Z0-9-]{2,39}$/.test(label) || /^\d{15,18}$/.test(label) || isResidentId(clean(label))) return null;
  return label;
}
