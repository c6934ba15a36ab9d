import type { WordKind } from "./word-kind.ts";

/** The models the program meets: of Debian's tesseract-ocr-vie, and of the npm package. */
export type Model = "fast" | "best_int";

export type ModelTable = Readonly<Record<WordKind, readonly number[]>>;

/** The engine's numbers for which the tables have a value. */
export const STATED: readonly number[] = [
  0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.935, 0.95, 0.96, 0.967, 1,
];

/**
 * Share of words read right, by look and by the engine's number. Made by tests/bench/calibrate.mjs from 30,769 words of
 * made and real pages, whole and worn (isotonic regression; made and real count alike). On documents the tables were not
 * made from, the chance that a right word has the higher number than a wrong one rises from 0.91-0.93 to 0.94, on real
 * pages as they are from 0.84-0.86 to 0.90-0.91; the expected calibration error falls from 2.7 to 0.3 %. The line's other
 * words, its length and the word's length were tried on top and made nothing better.
 */
export const MODELS: Readonly<Record<Model, ModelTable>> = {
  fast: {
    common: [0.32, 0.445, 0.577, 0.577, 0.663, 0.756, 0.846, 0.899, 0.922, 0.971, 0.979, 0.994, 0.998, 0.998],
    possible: [0.065, 0.1, 0.364, 0.364, 0.378, 0.378, 0.545, 0.552, 0.645, 0.786, 0.82, 0.914, 0.964, 0.992],
    neutral: [
      0.018, 0.079, 0.113, 0.218, 0.403, 0.434, 0.69, 0.799, 0.991, 0.991, 0.991, 0.992, 0.997, 0.997,
    ],
    garbage: [0.003, 0.068, 0.087, 0.087, 0.14, 0.197, 0.25, 0.25, 0.25, 0.251, 0.288, 0.989, 0.996, 0.996],
  },
  best_int: {
    common: [0.223, 0.483, 0.574, 0.583, 0.595, 0.702, 0.828, 0.873, 0.913, 0.959, 0.966, 0.99, 0.998, 0.998],
    possible: [
      0.024, 0.098, 0.347, 0.347, 0.364, 0.364, 0.469, 0.617, 0.682, 0.795, 0.847, 0.933, 0.97, 0.993,
    ],
    neutral: [
      0.041, 0.115, 0.193, 0.332, 0.332, 0.372, 0.537, 0.649, 0.915, 0.985, 0.985, 0.985, 0.998, 0.998,
    ],
    garbage: [0.002, 0.016, 0.15, 0.24, 0.24, 0.268, 0.268, 0.268, 0.268, 0.55, 0.55, 0.559, 0.996, 0.996],
  },
};
