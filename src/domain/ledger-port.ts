import type {
  Candidate,
  FileRef,
  Lane,
  PageRange,
  ReadPage,
  Receipt,
  Role,
  SignatureInfo,
} from "./document.ts";
import type { DocumentId, DossierCode, OfficerId, Sha256, UnitCode } from "./ids.ts";
import type { Outcome, State } from "./outcome.ts";

export interface DocumentRow {
  readonly id: DocumentId;
  readonly state: State;
  readonly reason: string | null;
  readonly retriable: boolean;
  readonly dossier: DossierCode | null;
  readonly pages: number;
}

/** What the pipeline needs of the ledger. Reports and commands use the richer object of `ledger/`. */
export interface Ledger {
  /** Known hash of a file that has not changed since (same path, size and time). */
  knownHash(path: string, bytes: number, mtimeMs: number): Promise<Sha256 | undefined>;
  rememberHash(file: FileRef): Promise<void>;
  /** Records the candidate as `pending` unless it is known; also the place it was seen. */
  register(candidate: Candidate): Promise<DocumentRow>;
  /** What is known of a document; undefined when it was never registered. */
  find(id: DocumentId): Promise<DocumentRow | undefined>;
  /** Other dossiers under which the same pages were delivered already. */
  otherDossiers(id: DocumentId): Promise<readonly DossierCode[]>;
  /** True: the register holds it. False: it does not. Undefined: the register has no dossiers at all. */
  hasDossier(code: DossierCode): Promise<boolean | undefined>;
  /** Result of a kept step, or undefined. */
  kept(key: Sha256): Promise<string | undefined>;
  /** Remembers a step's result (JSON) for one document; every hash it names must be durable already. */
  keep(step: KeptStep): Promise<void>;
  /** Readings of a stack's pages become those of a part: what is secret there must be found and wiped with it. */
  handOver(stack: DocumentId, part: DocumentId, pages: readonly number[]): Promise<void>;
  /** Forgets a document's kept steps and returns the objects no other document's step names. */
  forget(id: DocumentId): Promise<readonly Sha256[]>;
  /** Stable 1-based position of a document inside dossier and role; the same every time it is asked. */
  ordinal(id: DocumentId, dossier: DossierCode, role: string): Promise<number>;
  receipt(id: DocumentId, target: string): Promise<Receipt | undefined>;
  keepReceipt(id: DocumentId, receipt: Receipt): Promise<void>;
  /** Documents that can go on without their inputs, in the order they were registered; those that end meanwhile may be left out. */
  waiting(filter?: WaitingFilter): AsyncIterable<WaitingDocument>;
  /** What was recorded with a waiting document; undefined when it waits no longer. */
  waitingRecord(id: DocumentId): Promise<WaitingRecord | undefined>;
  /**
   * Ends a document: state, pages, signatures, what it waits with and its audit rows, in one transaction. What an earlier
   * end left waiting goes when `facts` bring nothing in its place.
   */
  settle(outcome: Outcome, facts: SettledFacts): Promise<void>;
  /** One row in the hash-chained audit log. No personal data. */
  audit(entry: AuditEntry): Promise<void>;
}

export interface KeptStep {
  readonly key: Sha256;
  readonly document: DocumentId;
  readonly stage: string;
  /** 1-based page, or 0 for steps of the whole document. */
  readonly page: number;
  readonly result: string;
  readonly objects: readonly Sha256[];
}

export interface SettledFacts {
  readonly lane: Lane | null;
  readonly pages: readonly ReadPage[];
  readonly signatures: readonly SignatureInfo[];
  readonly evidence: readonly {
    readonly code: string;
    readonly from: string;
    readonly text: string;
    readonly verified: boolean;
  }[];
  /** Hash of the file that was or would be delivered. */
  readonly file: Sha256 | null;
  /** What signing or delivery needs to go on without the inputs; absent: the document must be run again. */
  readonly waiting?: WaitingRecord;
  /** The signature made here, if one was: a row of its own in the audit log, once for each file. */
  readonly signedBy?: SignedBy;
  readonly at: Date;
  /** Of the audit row; absent: the officer who prepared the document. */
  readonly actor?: string;
}

/** How far a waiting document came: its PDF is made, or it is signed too and only the warehouse lacks it. */
export type WaitingStage = "assembled" | "signed";

export interface WaitingRecord {
  readonly stage: WaitingStage;
  /** JSON; its form is the pipeline's own business. */
  readonly record: string;
}

export interface WaitingFilter {
  /** Who prepared it. */
  readonly officer?: string;
  readonly dossier?: string;
  readonly stage?: WaitingStage;
}

/** A waiting document as people know it. */
export interface WaitingDocument extends DocumentRow {
  readonly stage: WaitingStage;
  readonly name: string;
  readonly range?: Pick<PageRange, "first" | "last">;
  readonly title: string | null;
  readonly unit: UnitCode;
  /** Who prepared it. */
  readonly officer: OfficerId;
  readonly role: Role;
  /** ISO 8601: since when it waits at this stage. */
  readonly since: string;
}

/** Who signed a file, by codes and hashes; the certificate says the rest. */
export interface SignedBy {
  /** Officer or unit whose account ran the command. */
  readonly actor: string;
  /** Hex SHA-256 of the certificate. */
  readonly certificate: string;
  readonly file: Sha256;
  readonly level: string;
  readonly test: boolean;
}

export interface AuditEntry {
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}
