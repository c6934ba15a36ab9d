import type { Rules } from "../../domain/rules.ts";

const OLD_STYLE = "[0-9A-Z]{3}\\.[0-9A-Z]{2}\\.[0-9A-Z]{2}\\.[A-Z][0-9]{2}";

/** Values in force since the two-level administration of 1 July 2025. */
export const VN_2025_07: Rules = {
  id: "vn-2025-07",
  validFrom: "2025-07-01",
  codes: {
    dossier: `^(?<org>${OLD_STYLE}|[A-Z][0-9]{2}(?:\\.[0-9A-Z]+){0,10})-(?<ymd>[0-9]{6})-(?<seq>[0-9]{4,6})$`,
    dossierInText:
      `(?<![0-9A-Za-z.\\-])(?:${OLD_STYLE}|[A-Z][0-9]{2}(?:\\.[0-9A-Z]{1,4}){0,6})` +
      "\\s?[-–—_]\\s?[0-9]{6}\\s?[-–—_]\\s?[0-9]{4,6}(?![0-9A-Za-z])",
    unit: `^(?:${OLD_STYLE}|[A-Z][0-9]{2}(?:\\.[0-9A-Z]+){0,10})$`,
    procedure: "^[1-9]\\.[0-9]{6}(?:\\.[0-9]{3}\\.[0-9]{2}\\.[0-9]{2}\\.[A-Z][0-9]{2})?$",
    unitMaxLength: 35,
  },
  profiles: {
    nd30: {
      minDpi: 200,
      colour: true,
      output: { passThroughKilobytes: 2048, dpi: 300, quality: 75, mixed: false },
    },
    archive: {
      minDpi: 300,
      colour: true,
      output: { passThroughKilobytes: 8192, dpi: 300, quality: 90, mixed: false },
    },
    compact: {
      minDpi: 200,
      colour: true,
      output: { passThroughKilobytes: 120, dpi: 200, quality: 60, mixed: true },
    },
  },
  skipReasons: {
    DA_CO_CSDL: "đã được chia sẻ dưới dạng dữ liệu có giá trị pháp lý",
    BAN_SAO: "bản chụp hoặc bản sao giấy có chứng thực",
    CHI_XUAT_TRINH: "giấy tờ chỉ xuất trình",
    TAI_LIEU_MAT: "tài liệu mật",
  },
  assessment: {
    passRatio: 0.8,
    receivedStates: [2, 4, 5, 6, 7, 8, 9, 10],
    resolvedStates: [7, 9, 10],
  },
  retentionDays: 30,
  sources: {
    codes: "TT 01/2018/TT-VPCP Đ.19; QCVN 102:2016/BTTTT; QĐ 20/2020/QĐ-TTg; TT 03/2025/TT-VPCP",
    "profiles.nd30": "NĐ 30/2020/NĐ-CP: PDF ≥ 1.4, ảnh màu, ≥ 200 dpi, tỷ lệ 100 %",
    "profiles.compact": "như nd30; ảnh lưu dạng nén hỗn hợp (chữ 1 bit trên nền màu), do đơn vị chọn",
    "profiles.archive": "TT 05/2025/TT-BNV (giá trị chưa kiểm chứng); TCVN 14159-2:2024",
    skipReasons: "TT 01/2023/TT-VPCP",
    assessment: "QĐ 766/QĐ-TTg; cách tính của cổng dịch vụ công (thực địa)",
    retentionDays: "Luật 91/2025/QH15: không giữ dữ liệu cá nhân lâu hơn mức cần; số ngày do đơn vị chọn",
  },
};
