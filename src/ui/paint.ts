import { Chalk } from "chalk";
import type { State } from "../domain/outcome.ts";

export interface Paint {
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

/** Colours for a terminal; plain text when `colour` is false (NO_COLOR, TERM=dumb, --no-color, no terminal). */
export function createPaint(colour: boolean): Paint {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  return {
    good: (text) => chalk.green(text),
    warn: (text) => chalk.yellow(text),
    bad: (text) => chalk.red(text),
    dim: (text) => chalk.dim(text),
    bold: (text) => chalk.bold(text),
  };
}

export function paintState(paint: Paint, state: State, text: string): string {
  switch (state) {
    case "delivered":
    case "duplicate":
    case "split":
    case "skipped":
      return paint.good(text);
    case "failed":
    case "quarantined":
      return paint.bad(text);
    case "pending":
    case "unsigned":
    case "undelivered":
    case "held":
      return paint.warn(text);
  }
}
