import type { ErrorCode } from "../../domain/errors.ts";
import type { PageChange } from "../../domain/page-change.ts";
import type { PlacedImage } from "../../domain/page-ports.ts";
import type { ImagingOptions } from "../imaging.ts";

/** What a child is started with, as JSON in its first argument. */
export interface ChildOptions {
  readonly imaging: ImagingOptions;
  /** A child that holds more ends itself. */
  readonly memoryBytes: number;
  /** A child that works longer on one task ends itself: its parent, which would have ended it, is gone. */
  readonly taskLimitMs: number;
  /** Large pieces of messages lie in the file CARRIER. */
  readonly carried?: boolean;
}

/** Descriptor of the file in shared memory that parent and child both have open. */
export const CARRIER = 4;

/** One call of the `Imaging` port. */
export type Task =
  | { readonly call: "probe"; readonly path: string }
  | { readonly call: "normalize" | "fold" | "glance"; readonly page: PlacedImage }
  | {
      readonly call: "encode";
      readonly page: PlacedImage;
      readonly made: { readonly changes: readonly PageChange[]; readonly dpi: number };
    };

/** Classes and codes of errors do not survive the way between processes: they travel as values. */
export type Answer =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly detail: string }
  | { readonly kind: "bug"; readonly message: string; readonly stack: string };

export type Message =
  | { readonly type: "ready" }
  /** `spent`: the child has grown and should be replaced. */
  | { readonly type: "answer"; readonly answer: Answer; readonly spent: boolean };

/** Written to stderr by a child that ends itself for its memory: a signal alone does not say why. */
export const OVER_MEMORY = "sohoa: over memory";
