import type { ColumnNames } from "./columns.ts";

export type ManifestField =
  | "file"
  | "even"
  | "backs"
  | "pages"
  | "dossiers"
  | "dossier"
  | "role"
  | "type"
  | "title"
  | "owner"
  | "unit"
  | "officer"
  | "symbol"
  | "issued"
  | "skip";

/** Column names of a manifest in English and Vietnamese; case, accents and punctuation do not matter. */
export const MANIFEST_COLUMNS: Readonly<Record<ManifestField, ColumnNames>> = {
  file: {
    names: [
      "tệp",
      "file",
      "tập tin",
      "tên tệp",
      "đường dẫn",
      "tên file",
      "path",
      "tệp mặt trước",
      "mặt trước",
      "tệp trang lẻ",
      "fronts",
      "odd",
    ],
    required: true,
  },
  even: { names: ["tệp mặt sau", "mặt sau", "tệp trang chẵn", "even", "backs"] },
  backs: { names: ["thứ tự mặt sau", "backs order"] },
  pages: { names: ["số trang", "pages"] },
  dossiers: { names: ["số hồ sơ trong tệp", "expected dossiers", "dossiers"] },
  dossier: { names: ["mã hồ sơ", "dossier", "dossier code", "số hồ sơ"] },
  role: { names: ["loại", "role", "loại số hóa"] },
  type: { names: ["mã loại giấy tờ", "type", "mã giấy tờ"] },
  title: { names: ["tên giấy tờ", "title"] },
  owner: { names: ["số định danh", "owner", "owner id"] },
  unit: { names: ["mã đơn vị", "unit", "đơn vị"] },
  officer: { names: ["mã cán bộ", "officer", "cán bộ"] },
  symbol: { names: ["số ký hiệu", "symbol"] },
  issued: { names: ["ngày ban hành", "issued"] },
  skip: { names: ["lý do không số hóa", "skip"] },
};

/** Header words that tell old Vietnamese encodings apart. */
export const MANIFEST_WORDS: readonly string[] = Object.values(MANIFEST_COLUMNS).flatMap(
  ({ names }) => names,
);
