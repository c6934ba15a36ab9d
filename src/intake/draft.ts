import type { Candidate, DuplexOrder, LinkHint, PaperFields, Role } from "../domain/document.ts";
import type { OfficerId, UnitCode } from "../domain/ids.ts";
import type { ListedFile } from "./found.ts";

/** A document whose files are named but not hashed, and what its names or its manifest row say of it. */
export interface Draft {
  readonly kind: "draft";
  readonly name: string;
  readonly files: readonly ListedFile[];
  readonly hints: readonly LinkHint[];
  readonly role: Role;
  readonly fields: PaperFields;
  readonly duplex?: DuplexOrder;
  readonly range?: NonNullable<Candidate["range"]>;
  readonly expected?: NonNullable<Candidate["expected"]>;
  readonly unit?: UnitCode;
  readonly officer?: OfficerId;
  readonly skip?: string;
  /** Line of the manifest. */
  readonly line?: number;
}
