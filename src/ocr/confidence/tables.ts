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
    common: [0.32, 0.445, 0.577, 0.577, 0.667, 0.758, 0.848, 0.9, 0.926, 0.971, 0.979, 0.994, 0.998, 0.998],
    possible: [0.064, 0.1, 0.364, 0.364, 0.378, 0.378, 0.545, 0.552, 0.646, 0.787, 0.82, 0.914, 0.964, 0.992],
    neutral: [0.018, 0.077, 0.113, 0.218, 0.404, 0.435, 0.691, 0.8, 0.991, 0.991, 0.991, 0.992, 0.997, 0.997],
    garbage: [
      0.003, 0.071, 0.087, 0.087, 0.15, 0.221, 0.327, 0.405, 0.405, 0.422, 0.422, 0.989, 0.996, 0.996,
    ],
  },
  best_int: {
    common: [0.219, 0.483, 0.585, 0.585, 0.595, 0.707, 0.831, 0.877, 0.918, 0.96, 0.966, 0.991, 0.998, 0.998],
    possible: [
      0.023, 0.098, 0.347, 0.347, 0.364, 0.364, 0.481, 0.621, 0.686, 0.795, 0.847, 0.933, 0.97, 0.993,
    ],
    neutral: [
      0.041, 0.115, 0.188, 0.322, 0.322, 0.374, 0.54, 0.651, 0.916, 0.985, 0.985, 0.985, 0.998, 0.998,
    ],
    garbage: [0.002, 0.016, 0.162, 0.24, 0.24, 0.445, 0.475, 0.518, 0.518, 0.609, 0.609, 0.609, 0.996, 0.996],
  },
};
