import type { WordKind } from "./word-kind.ts";

/** The models the program meets: of Debian's tesseract-ocr-vie, and of the npm package. */
export type Model = "fast" | "best_int";

export type ModelTable = Readonly<Record<WordKind, readonly number[]>>;

/** The engine's numbers for which the tables have a value. */
export const STATED: readonly number[] = [
  0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.935, 0.95, 0.96, 0.967, 1,
];

/**
 * Share of words read right, by look and by the engine's number. Made by tests/bench/calibrate.mjs from 30,355 (fast) and
 * 30,265 (best_int) words of made and real pages, whole and worn (isotonic regression; made and real count alike). On
 * documents the tables were not made from, the chance that a right word has the higher number than a wrong one rises from
 * 0.91-0.92 to 0.94-0.95, on real pages as they are from 0.81-0.82 to 0.89-0.92; the expected calibration error falls from
 * 2.6-2.7 to 0.2-0.5 %. The line's other words, its length and the word's length were tried on top: nothing gained.
 * They rest on `wordPlausibility`: make them anew when that changes.
 */
export const MODELS: Readonly<Record<Model, ModelTable>> = {
  fast: {
    common: [0.33, 0.581, 0.698, 0.698, 0.699, 0.796, 0.87, 0.921, 0.947, 0.968, 0.985, 0.994, 0.998, 0.998],
    possible: [
      0.024, 0.024, 0.094, 0.273, 0.274, 0.326, 0.437, 0.505, 0.545, 0.718, 0.718, 0.85, 0.947, 0.994,
    ],
    neutral: [0.021, 0.034, 0.034, 0.434, 0.45, 0.45, 0.624, 0.877, 0.989, 0.99, 0.99, 0.995, 0.998, 0.998],
    garbage: [0.005, 0.016, 0.027, 0.109, 0.183, 0.234, 0.38, 0.38, 0.43, 0.561, 0.904, 0.904, 0.996, 0.996],
  },
  best_int: {
    common: [0.39, 0.538, 0.618, 0.618, 0.67, 0.773, 0.817, 0.857, 0.918, 0.949, 0.966, 0.989, 0.998, 0.998],
    possible: [
      0.008, 0.107, 0.151, 0.289, 0.289, 0.289, 0.336, 0.348, 0.575, 0.75, 0.75, 0.903, 0.948, 0.993,
    ],
    neutral: [
      0.051, 0.185, 0.233, 0.431, 0.474, 0.563, 0.563, 0.698, 0.938, 0.942, 0.942, 0.995, 0.998, 0.998,
    ],
    garbage: [
      0.007, 0.063, 0.236, 0.236, 0.236, 0.294, 0.294, 0.417, 0.687, 0.897, 0.934, 0.992, 0.997, 0.997,
    ],
  },
};
