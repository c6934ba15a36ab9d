import type { Candidate, PageRange } from "./document.ts";
import type { DocumentId, Sha256 } from "./ids.ts";

/**
 * Names a document for ever: the hash of its files' hashes in page order (for two sides scanned apart, also how they
 * are laid together), its page range and the different codes it is said to belong to. The codes are part of it because
 * the same paper may be handed in for two dossiers, and each dossier must get its copy; the same paper seen again for
 * the same dossier is a duplicate. A row without any file (a paper that is not digitized, with its reason) is told
 * apart by what the row says of it.
 */
export function documentId(
  document: Pick<Candidate, "files" | "duplex" | "range" | "hints" | "fields">,
  hash: (text: string) => Sha256,
): DocumentId {
  const { files, duplex, range, hints, fields } = document;
  const codes = [...new Set<string>(hints.map(({ code }) => code))].toSorted();
  const identity: unknown[] = [
    files.map(({ sha256 }) => sha256),
    range ? [range.first, range.last, ...halves(range)] : null,
    codes,
  ];
  if (files.length === 0) identity.push([fields.type ?? "", fields.title ?? "", fields.symbol ?? ""]);
  if (duplex !== undefined) identity.push({ fronts: duplex.fronts, backs: duplex.backs });
  return hash(JSON.stringify(identity)) as string as DocumentId;
}

function halves({ from, to }: PageRange): readonly string[] {
  return [from, to].filter((side) => side !== undefined);
}
