import type { PreparedPage, Segmentation } from "../../domain/page-ports.ts";
import type { Line } from "../../domain/reading.ts";

/** One more pass of the engine, over a small view; throws what the engine throws. */
export type Look = (view: PreparedPage, segmentation: Segmentation) => Promise<readonly Line[]>;
