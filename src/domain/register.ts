import type { DossierCode, OfficerId, UnitCode } from "./ids.ts";

/** Danh mục: what the office tells us about itself, imported from exports of the một-cửa system. */
export const REGISTER_KINDS = ["units", "officers", "dossiers", "quotas"] as const;
export type RegisterKind = (typeof REGISTER_KINDS)[number];

interface UnitRow {
  readonly code: UnitCode;
  readonly name: string;
  readonly parent: UnitCode | null;
  /** Cấp: tỉnh, xã … as the office writes it. */
  readonly level: string;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  /** Unit that took over since the two-level administration. */
  readonly successor: UnitCode | null;
}

interface OfficerRow {
  readonly id: OfficerId;
  readonly name: string;
  readonly unit: UnitCode | null;
}

export interface DossierRow {
  readonly code: DossierCode;
  readonly unit: UnitCode;
  readonly procedure: string;
  readonly procedureName: string;
  /** ISO dates. */
  readonly received: string;
  readonly due: string | null;
  readonly resolved: string | null;
  /** State number of the một-cửa export; null when the export has none. */
  readonly state: number | null;
  readonly officer: OfficerId | null;
  /** The procedure issues no result paper. */
  readonly noResult: boolean;
  /** Mức độ of the online service, as written. */
  readonly level: string;
}

export type QuotaKind = "component" | "result" | "all";

export interface QuotaRow {
  readonly officer: OfficerId;
  /** As `parsePeriod` reads it. */
  readonly period: string;
  readonly kind: QuotaKind;
  /** Documents to be delivered. */
  readonly target: number;
}

export interface RegisterRows {
  readonly units: UnitRow;
  readonly officers: OfficerRow;
  readonly dossiers: DossierRow;
  readonly quotas: QuotaRow;
}

/** A column of an import file: what its header may say, the most exact name first; compared by `headerKey`. */
export interface RegisterColumn {
  readonly names: readonly string[];
  readonly required: boolean;
}

/** Header names seen in exports or natural to write, Vietnamese and English, for each register. */
export const REGISTER_COLUMNS: Readonly<Record<RegisterKind, Readonly<Record<string, RegisterColumn>>>> = {
  units: {
    code: required("code", "unit code", "mã đơn vị", "mã định danh", "mã định danh đơn vị", "mã", "unit"),
    name: required("name", "unit name", "tên đơn vị", "tên", "đơn vị"),
    parent: optional("parent", "parent code", "mã đơn vị cha", "mã cha", "đơn vị cha", "đơn vị cấp trên"),
    level: optional("level", "cấp", "cấp đơn vị", "cấp hành chính"),
    validFrom: optional("validFrom", "hiệu lực từ", "từ ngày"),
    validTo: optional("validTo", "hiệu lực đến", "đến ngày"),
    successor: optional("successor", "mã đơn vị mới", "đơn vị kế thừa", "đơn vị tiếp nhận"),
  },
  officers: {
    id: required("id", "officer id", "mã cán bộ", "mã nhân viên", "mã", "code", "officer"),
    name: required("name", "full name", "họ và tên", "họ tên", "tên cán bộ", "tên"),
    unit: optional("unit code", "unit", "mã đơn vị", "mã định danh đơn vị", "đơn vị"),
  },
  dossiers: {
    code: required("code", "dossier code", "mã hồ sơ", "số hồ sơ", "dossier", "mã"),
    unit: optional("unit code", "unit", "mã đơn vị", "mã định danh đơn vị", "đơn vị"),
    procedure: optional("procedure code", "procedure", "mã thủ tục", "mã TTHC", "mã thủ tục hành chính"),
    procedureName: optional(
      "procedure name",
      "tên thủ tục",
      "tên TTHC",
      "tên thủ tục hành chính",
      "thủ tục hành chính",
      "thủ tục",
    ),
    received: optional("received", "received date", "receipt date", "ngày tiếp nhận", "ngày nhận"),
    due: optional("due", "due date", "ngày hẹn trả", "ngày hẹn trả kết quả", "hạn xử lý", "hạn trả"),
    resolved: optional(
      "resolved",
      "resolved date",
      "ngày giải quyết",
      "ngày hoàn thành",
      "ngày có kết quả",
      "ngày trả kết quả",
      "ngày trả",
    ),
    state: optional("state", "status", "mã trạng thái", "trạng thái", "trạng thái hồ sơ"),
    officer: optional("officer id", "officer", "mã cán bộ", "mã cán bộ xử lý", "cán bộ"),
    noResult: optional("no result", "không có kết quả", "không kết quả", "thủ tục không có kết quả"),
    level: optional("level", "service level", "mức độ", "mức độ dịch vụ công"),
  },
  quotas: {
    officer: required("officer id", "officer", "mã cán bộ", "cán bộ"),
    period: required("period", "kỳ", "thời kỳ"),
    kind: optional("kind", "type", "loại", "loại giấy tờ"),
    target: required("target", "quota", "chỉ tiêu", "số lượng"),
  },
};

/** A header without case, tone marks, spaces and punctuation: `Mã hồ sơ`, `maHoSo` and `MA_HO_SO` are one. */
export function headerKey(header: string): string {
  return header
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[đĐðÐ]/gu, "d")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/gu, "");
}

function required(...names: readonly string[]): RegisterColumn {
  return { names, required: true };
}

function optional(...names: readonly string[]): RegisterColumn {
  return { names, required: false };
}
