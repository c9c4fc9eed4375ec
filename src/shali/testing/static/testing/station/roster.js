// Is this person on the roster, exempt, already sampled here? Known without network, by keyed marks in byte order.
import { fromBase64, markOf } from "./seal.js";

/** A packed list of marks of equal length, in byte order; `has` is a binary search. */
export class Marks {
  constructor(packed, length) {
    this.bytes = fromBase64(packed);
    this.length = length;
    this.count = this.bytes.length / length;
  }

  has(mark) {
    const wanted = fromBase64(mark);
    let [low, high] = [0, this.count - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = this.#compare(middle * this.length, wanted);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }

  #compare(offset, wanted) {
    for (let place = 0; place < this.length; place += 1) {
      const difference = this.bytes[offset + place] - wanted[place];
      if (difference) return difference;
    }
    return 0;
  }
}

export class Roster {
  constructor(pack) {
    this.key = fromBase64(pack.mark_key);
    this.length = pack.mark_bytes;
    this.expected = new Marks(pack.roster, pack.mark_bytes);
    this.exempt = new Marks(pack.exempt, pack.mark_bytes);
    this.owes = new Marks(pack.owes ?? "", pack.mark_bytes);
  }

  /** The mark of what was read: of a document's number, of whoever brings him and which he is, or of a person's code. */
  mark(read) {
    const number = read.doc || (read.by ? `${read.by}#${read.child}` : "");
    return markOf(this.key, number ? `d|${number}` : `c|${read.code}`, this.length);
  }

  /** "owes" a single tube, "expected", "exempt", or "guest": sampled all the same. */
  standing(mark) {
    if (this.owes.has(mark)) return "owes";
    if (this.expected.has(mark)) return "expected";
    return this.exempt.has(mark) ? "exempt" : "guest";
  }
}
