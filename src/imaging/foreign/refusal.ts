import { OperationalError } from "../../domain/errors.ts";

/** What somebody can do about a file that no decoder here reads: Vietnamese / English. */
const PRINT = "hãy mở bằng chương trình của nó rồi In ra PDF / open it in its program and print to PDF";
const UNPACK = "hãy giải nén rồi chạy lại / unpack it first";
const CONVERT = "hãy xuất lại thành TIFF hoặc PDF / export it as TIFF or PDF";
const PHOTO = "hãy xuất ảnh thành JPEG / export the photo as JPEG";
const FOREIGN = "không phải bản quét / not a scan";

const WAYS: readonly (readonly [way: string, formats: readonly string[]])[] = [
  [
    PRINT,
    ["docx", "xlsx", "pptx", "office", "ole", "odt", "ods", "odp", "rtf", "html", "text", "email", "xps"],
  ],
  [PRINT, ["postscript", "wmf", "emf", "mdi", "djvu"]],
  [UNPACK, ["zip", "7z", "rar", "gzip", "bzip2", "xz", "cab", "tar"]],
  [CONVERT, ["jbig2", "jxr", "psd", "dcx", "ico", "svg"]],
  [PHOTO, ["raw"]],
  [
    "hãy chụp màn hình thành PNG hoặc quét bản giấy / save the still as PNG or scan the paper",
    ["mp4", "riff"],
  ],
  ["đây là lối tắt, hãy chép tệp gốc / this is a link; copy the file itself", ["shortcut"]],
  ["tệp phụ của máy Mac, bỏ qua được / a side file of a Mac; leave it out", ["appledouble"]],
];

/** Names that people know better than ours. */
const NAMES: Readonly<Record<string, string>> = { ole: "doc/xls/ppt/msg", riff: "avi", raw: "raw photo" };

/** The refusal of a file by its format's name, with what to do instead. */
export function refusalOf(format: string): OperationalError {
  const way = WAYS.find(([, formats]) => formats.includes(format))?.[0] ?? FOREIGN;
  const name = NAMES[format] ?? format;
  // A PDF among images is no foreign file: whoever asks took it for an image.
  return new OperationalError("unsupported_format", format === "pdf" ? format : `${name}: ${way}`);
}

/** The refusal of a TIFF or JPEG for how its pixels are coded. */
export function codingRefusal(format: "tiff" | "jpeg", coding: string): OperationalError {
  return new OperationalError("unsupported_format", `${format} ${coding}: ${CONVERT}`);
}
