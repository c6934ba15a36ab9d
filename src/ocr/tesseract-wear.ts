/** Decides when a recogniser should be replaced by a fresh one, from what it was given to read. */
export interface Wear {
  note(image: Uint8Array): void;
  readonly worn: () => boolean;
}

/**
 * Measured over 80 mixed pages: a system process stays at 62 MB, a WebAssembly thread at 140 MB from the 16th page on. The
 * limit is for leaks nobody has seen yet; a start (0.06 s, WebAssembly 0.5 s) is 0.1 % of what so many pages cost.
 */
const PAGES = 500;

/** A sheet of A3 at 200 dpi has 7.7 million pixels: one byte each. */
const LARGE_BYTES = 10e6;

/** So rare that a start is 0.4 % of what the pages between cost. */
const SMALL_AFTER_LARGE = 100;

/**
 * Replaced after many pages, and when large sheets are over: the memory WebAssembly took for one it never gives back (85 MB
 * for a sheet of A2 with little on it). While large sheets go on coming nothing would be won.
 */
export function createWear(): Wear {
  let pages = 0;
  let last = Infinity;
  return {
    note: (image) => {
      pages += 1;
      last = image.length > LARGE_BYTES ? 0 : last + 1;
    },
    worn: () => pages >= PAGES || (last >= SMALL_AFTER_LARGE && last !== Infinity),
  };
}
