import type { Barcode } from "../domain/barcode.ts";
import type { WeakLine } from "../domain/confidence.ts";
import type { ReadPage, SignatureInfo, Signed } from "../domain/document.ts";
import type { Context } from "../domain/ports.ts";

/** What the record takes from a page's reading. */
export interface PageExtract {
  readonly barcodes: readonly Barcode[];
  /** Lines a person should compare with the image first. */
  readonly weak: readonly WeakLine[];
}

/** Of all pages, by number; `engines` are those that read them (engine, version, model). */
export interface Extract {
  readonly pages: ReadonlyMap<number, PageExtract>;
  readonly engines: readonly string[];
}

/**
 * The extracted data record that travels beside the file. Keys follow the fields seen in deployed systems for
 * TT 01/2023 art. 9; what nobody stated is null, never guessed.
 */
export function metadata(
  document: Signed,
  extract: Extract,
  { clock, producer, rules, settings }: Context,
): Record<string, unknown> {
  const { scan, dossier, pages, signatures, signed } = document;
  const { fields } = scan;
  const signer = signatures.at(-1);
  return {
    ten: fields.title ?? null,
    maLoaiGiayTo: fields.type ?? null,
    loaiSoHoa: scan.role === "result" ? 1 : 0,
    maHoSo: dossier,
    maDinhDanh: fields.owner ?? null,
    soKyHieu: fields.symbol ?? null,
    ngayBanHanh: fields.issued ?? null,
    donViId: scan.unit,
    nguoiSoHoa: scan.officer,
    thoiGianSoHoa: clock.now().toISOString(),
    dungLuong: signed.bytes,
    taiLieu: scan.id,
    sha256: signed.sha256,
    luong: scan.lane,
    chuanPdf: document.conformance,
    boXuLy: producer,
    boQuyTac: rules.id,
    cauHinhQuet: settings.profile,
    nhanDang: scan.pages.some((page) => !page.hasText) ? extract.engines.join(" · ") : null,
    lienKet: document.evidence.map(({ code, from, verified }) => ({
      ma: code,
      tu: from,
      daDoiChieu: verified,
    })),
    chuKy: signatures.map(signatureRecord),
    kyThu: signer?.test ?? false,
    suaChua: scan.repairs,
    conTrongBanGoc: scan.leftBehind ?? [],
    tachTu: scan.stack === undefined ? null : { taiLieu: scan.stack.id, trang: scan.range ?? null },
    soTrangGoc: scan.pages.length,
    nguon: scan.files.map(({ sha256, bytes }) => ({ sha256, dungLuong: bytes })),
    trang: pages.map((page) => pageRecord(page, extract.pages.get(page.number))),
    ...(fields.extra === undefined ? {} : { cotThem: fields.extra }),
  };
}

function signatureRecord(signature: SignatureInfo): Record<string, unknown> {
  return {
    subFilter: signature.subFilter,
    muc: signature.level,
    bam: signature.digest,
    chungThu: signature.certificate,
    ketLuan: signature.verdict,
    thoiGianKy: signature.signedAt ?? null,
    kyThu: signature.test,
  };
}

function pageRecord(page: ReadPage, extract: PageExtract | undefined): Record<string, unknown> {
  const { barcodes = [], weak = [] } = extract ?? {};
  return {
    so: page.number,
    dpi: Math.round(page.dpi),
    nghieng: page.skewDegrees,
    soTu: page.words,
    doTinCay: toThousandths(page.confidence),
    thapNhat: toThousandths(page.worst),
    dongYeu: weak.map(({ line, box, confidence }) => ({
      dong: line + 1,
      khung: [box.x0, box.y0, box.x1, box.y1].map(Math.round),
      doTinCay: toThousandths(confidence),
    })),
    ghiNhan: page.findings,
    xuLyAnh: page.changes,
    maVach: barcodes.map(({ format, text }) => ({ loai: format, noiDung: text })),
  };
}

const toThousandths = (ratio: number): number => Math.round(ratio * 1000) / 1000;
