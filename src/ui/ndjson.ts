import type { Observer } from "../domain/observer.ts";
import type { Io } from "./io.ts";
import type { Summary } from "./summary.ts";

/** One JSON object a line on stdout for every event; the last line is the summary. */
export function createNdjson(io: Io): { readonly observe: Observer; summary(summary: Summary): void } {
  const write = (value: object): void => io.out(`${JSON.stringify(value)}\n`);
  return {
    observe(event) {
      if (event.type !== "plan" && event.type !== "opened") write(event);
    },
    summary: (summary) => write({ type: "summary", ...summary }),
  };
}
