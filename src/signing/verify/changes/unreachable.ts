import { isKind, nameOf } from "../../../pdf-syntax/objects.ts";
import type { Comparison } from "./comparison.ts";
import { walk } from "./walk.ts";

/** Signing programs leave unused pictures behind, which their signature covers; none redefines what nobody uses. */
export type Unreachable = "brought" | "redefined";

/**
 * Whether a revision redefined or brought objects that nothing leads to: all that something leads to was compared. Harmless
 * things in the same revision excuse nothing.
 */
export function findUnreachable({ before, after, changed }: Comparison): Unreachable | undefined {
  const lost = new Set([...changed].filter((num) => !isExcused({ after }, num)));
  if (lost.size === 0) return undefined;
  const { trailer } = after;
  walk(after, [trailer.entries.get("Root") ?? null, trailer.entries.get("Info") ?? null], (num) => {
    lost.delete(num);
    return lost.size > 0;
  });
  if (lost.size === 0) return undefined;
  const existed = (num: number) => before.resolve({ kind: "ref", num, gen: 0 }) !== null;
  return [...lost].some(existed) ? "redefined" : "brought";
}

/** What was taken away, and the streams that hold other objects or say where they are. */
function isExcused({ after }: Pick<Comparison, "after">, num: number): boolean {
  const object = after.resolve({ kind: "ref", num, gen: 0 });
  if (object === null) return true;
  return (
    isKind(object, "stream") && ["ObjStm", "XRef"].includes(nameOf(after.get(object.dict, "Type")) ?? "")
  );
}
