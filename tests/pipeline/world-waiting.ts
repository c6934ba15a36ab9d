import type { WaitingDocument, WaitingFilter } from "../../src/domain/ledger-port.ts";
import type { World } from "./world.ts";

/** What the last end of each document left waiting, in the order they ended. */
export async function* waitingIn(
  { rows, settled }: Pick<World, "rows" | "settled">,
  { dossier, officer, stage }: WaitingFilter = {},
): AsyncGenerator<WaitingDocument> {
  for (const [id, { outcome, facts }] of settled) {
    const row = rows.get(id);
    if (row === undefined || facts.waiting === undefined) continue;
    const { fields, ...document } = outcome.document;
    const found: WaitingDocument = {
      ...row,
      stage: facts.waiting.stage,
      name: document.name,
      unit: document.unit,
      officer: document.officer,
      role: document.role,
      title: fields.title ?? null,
      since: facts.at.toISOString(),
    };
    const asked = { dossier, officer, stage };
    const fits = (["dossier", "officer", "stage"] as const).every(
      (name) => asked[name] === undefined || asked[name] === found[name],
    );
    if (fits) yield found;
  }
}
