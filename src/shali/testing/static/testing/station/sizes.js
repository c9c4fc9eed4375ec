/** A household in one tube, fifteen people at most: the size by which the server knows it (HOUSEHOLD in its rules). */
export const HOUSEHOLD = 15;

/** May a tube of a size be opened where they are of another at most? Where each household has its own, none is shared. */
export const fits = (size, most) => size <= most && (most !== HOUSEHOLD || size === 1 || size === HOUSEHOLD);
