/*
 * One schema for SQLite and PostgreSQL: text, bigint and double precision only. Dates are ISO text, JSON is text,
 * yes/no is 0/1. Column names are the ones of the code in snake case.
 */
export interface Schema {
  units: UnitsTable;
  officers: { id: string; name: string; unit: string | null };
  dossiers: DossiersTable;
  quotas: { officer: string; period: string; kind: string; target: number };
  imports: { kind: string; at: string; source: string; row_count: number };
  documents: DocumentsTable;
  sources: SourcesTable;
  file_hashes: { path: string; bytes: number; mtime_ms: number; sha256: string };
  pages: PagesTable;
  steps: StepsTable;
  step_objects: { step: string; document: string; object: string };
  ordinals: { document: string; dossier: string; role: string; ordinal: number };
  outcomes: OutcomesTable;
  signatures: SignaturesTable;
  receipts: ReceiptsTable;
  audit: AuditTable;
  audit_head: { id: number; seq: number; hash: string };
  runs: RunsTable;
  /** What `sohoa sign` and `sohoa deliver` can take up without the inputs. */
  waiting: WaitingTable;
}

export interface WaitingTable {
  document: string;
  stage: string;
  record: string;
  at: string;
}

interface UnitsTable {
  code: string;
  parent: string | null;
  level: string;
  name: string;
  valid_from: string | null;
  valid_to: string | null;
  successor: string | null;
}

export interface DossiersTable {
  code: string;
  unit: string;
  procedure: string;
  procedure_name: string;
  received: string;
  due: string | null;
  resolved: string | null;
  state: number | null;
  officer: string | null;
  no_result: number;
  level: string;
}

export interface DocumentsTable {
  id: string;
  /** Hash of the files and page range alone: equal for the same paper with and without a dossier code. */
  content: string;
  name: string;
  unit: string;
  officer: string;
  role: string;
  fields: string;
  dossier: string | null;
  state: string;
  reason: string | null;
  detail: string | null;
  retriable: number;
  duplicate_of: string | null;
  /** Id of the stack of papers it was separated from. */
  stack: string | null;
  lane: string | null;
  pages: number;
  file: string | null;
  evidence: string;
  /** Signed by us or before; `test`: by a key that never counts by law. */
  signed: number;
  test: number;
  registered_at: string;
  settled_at: string | null;
  /** First time the warehouse took it; decides the period its officer is credited for. */
  delivered_at: string | null;
}

interface SourcesTable {
  document: string;
  path: string;
  position: number;
  bytes: number;
  mtime_ms: number;
  sha256: string;
  first_page: number | null;
  last_page: number | null;
  seen_at: string;
}

interface PagesTable {
  document: string;
  number: number;
  source: string;
  source_index: number;
  dpi: number;
  skew_degrees: number;
  blank: number;
  findings: string;
  words: number;
  confidence: number;
  worst: number;
  reading: string;
  /** JSON lists of what was done to the page's image and what its barcodes mean. */
  changes: string;
  marks: string;
}

interface StepsTable {
  key: string;
  document: string;
  stage: string;
  page: number;
  result: string;
  at: string;
}

interface OutcomesTable {
  document: string;
  number: number;
  run: string | null;
  state: string;
  reason: string | null;
  detail: string | null;
  retriable: number;
  stack: string | null;
  dossier: string | null;
  at: string;
}

interface SignaturesTable {
  document: string;
  position: number;
  signer: string;
  signed_at: string | null;
  sub_filter: string;
  level: string;
  digest: string;
  certificate: string;
  verdict: string;
  reasons: string;
  covers_whole_file: number;
  test: number;
  proven_at: string | null;
  revocation: string | null;
}

export interface ReceiptsTable {
  document: string;
  target: string;
  key: string;
  location: string;
  sha256: string;
  bytes: number;
  at: string;
}

export interface AuditTable {
  seq: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  detail: string;
  prev: string;
  hash: string;
}

interface RunsTable {
  id: string;
  command: string;
  actor: string;
  version: string;
  settings: string;
  started_at: string;
  ended_at: string | null;
  exit: number | null;
  summary: string | null;
}
