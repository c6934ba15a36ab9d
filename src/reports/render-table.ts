import Table from "cli-table3";
import type { Assessment, Grouping, Measure, Report, ReportRow } from "../domain/report.ts";
import { vietnameseCount, vietnameseShare } from "./numbers.ts";

interface Words {
  readonly title: string;
  readonly period: string;
  readonly wholeTime: string;
  readonly asOf: string;
  readonly measure: string;
  readonly measures: Readonly<Record<Measure, string>>;
  readonly by: Readonly<Record<Grouping, string>>;
  readonly columns: readonly string[];
  readonly unknown: string;
  readonly none: string;
  readonly verdicts: Readonly<Record<Assessment, string>>;
}

const WORDS: Readonly<Record<"vi" | "en", Words>> = {
  vi: {
    title: "THEO DÕI MỨC ĐỘ SỐ HÓA HỒ SƠ, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
    period: "Kỳ báo cáo",
    wholeTime: "từ đầu",
    asOf: "tính đến ngày",
    measure: "Cách tính",
    measures: {
      portal:
        "portal (theo cổng dịch vụ công: hồ sơ có thành phần đã số hóa ÷ hồ sơ tiếp nhận; kết quả có tệp hoặc thủ tục không có kết quả ÷ hồ sơ đã giải quyết)",
      strict:
        "strict (mọi giấy tờ phải số hóa đã ký số và nộp kho ÷ hồ sơ có giấy tờ phải số hóa; không tính chữ ký thử)",
    },
    by: { unit: "Đơn vị", officer: "Cán bộ", level: "Cấp", procedure: "Thủ tục", dossier: "Hồ sơ" },
    columns: [
      "Số hóa TPHS\n/ tiếp nhận",
      "Số hóa KQ\n/ đã giải quyết",
      "KQ ký số\n/ đã giải quyết",
      "Trễ\nhạn",
      "Nộp kho\n/ chỉ tiêu",
      "Cuối tuần\n/ nộp kho",
      "Đánh giá",
    ],
    unknown: "(chưa rõ)",
    none: "Chưa có số liệu trong kỳ.",
    verdicts: { Đạt: "Đạt", "Không đạt": "Không đạt" },
  },
  en: {
    title: "DIGITIZATION OF DOSSIERS AND RESULTS OF ADMINISTRATIVE PROCEDURES",
    period: "Period",
    wholeTime: "from the beginning",
    asOf: "as of",
    measure: "Measure",
    measures: {
      portal:
        "portal (dossiers with a digitized component ÷ received; results with a file or procedures without result ÷ resolved)",
      strict:
        "strict (all required papers signed and delivered ÷ dossiers with required papers; test signatures never count)",
    },
    by: { unit: "Unit", officer: "Officer", level: "Level", procedure: "Procedure", dossier: "Dossier" },
    columns: [
      "Components\n/ received",
      "Results\n/ resolved",
      "Signed results\n/ resolved",
      "Late",
      "Delivered\n/ quota",
      "Weekend\n/ delivered",
      "Assessment",
    ],
    unknown: "(unknown)",
    none: "No figures in this period.",
    verdicts: { Đạt: "Pass", "Không đạt": "Fail" },
  },
};

/** Table for people, with `1.234` and `98,1%`; under it the formula, period, day and source of the denominators. */
export function renderTable(report: Report, lang: "vi" | "en"): string {
  const words = WORDS[lang];
  const table = new Table({
    head: ["STT", words.by[report.by], ...words.columns],
    colAligns: ["right", "left", "right", "right", "right", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const [place, row] of report.rows.entries())
    table.push([String(place + 1), labelOf(row, words), ...cells(row, words)]);
  table.push(["", report.total.name, ...cells(report.total, words)]);
  const days = `${words.period}: ${report.period ?? words.wholeTime}; ${words.asOf} ${localDay(report.asOf)}`;
  const measure = `${words.measure}: ${words.measures[report.measure]}`;
  const body = report.rows.length === 0 ? words.none : table.toString();
  return `${[words.title, days, body, measure, report.source].join("\n")}\n`;
}

function cells(row: ReportRow, words: Words): string[] {
  return [
    vietnameseShare(row.componentsRate, row.componentsDigitized, row.received),
    vietnameseShare(row.resultsRate, row.resultsDigitized, row.resolved),
    vietnameseShare(row.resultsSignedRate, row.resultsSigned, row.resolved),
    vietnameseCount(row.late),
    vietnameseShare(row.quotaRate, row.done, row.quota),
    weekend(row),
    row.assessment === null ? "—" : words.verdicts[row.assessment],
  ];
}

/** Share of what was delivered on Saturdays and Sundays; a plain 0 where nothing was delivered at all. */
function weekend({ weekendDone, done }: ReportRow): string {
  if (done === 0) return "0";
  return vietnameseShare(Math.round((10_000 * weekendDone) / done) / 100, weekendDone, done);
}

function labelOf({ key, name, level }: ReportRow, words: Words): string {
  if (key === "") return words.unknown;
  if (name !== "") return `${name} (${key})`;
  return level === "" || level === key ? key : `${key} (${level})`;
}

function localDay(iso: string): string {
  return iso.split("-").toReversed().join("/");
}
