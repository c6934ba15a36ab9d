import { tokenOf } from "./token.ts";

/** Pairs of words in titles, headings and names of offices, none of them a person's name. */
const PAIRS = new Set(
  `quyết định,giải quyết,nghị quyết,biểu quyết,quốc hội,tổ quốc,quốc gia,quốc phòng,quốc tịch,quốc tế,thống nhất,đề xuất,sản xuất,
  xuất khẩu,xuất nhập,xuất bản,đất đai,quyền đất,chất lượng,vật chất,cấp xã,cấp huyện,cấp tỉnh,cấp giấy,giám đốc,
  hợp tác,tổng hợp,hợp đồng,phối hợp,kết luận,kết hôn,kết quả,thiết kế,tiếp nhận,tiếp công,thuyết minh,nhất trí,độc lập,
  việt nam,bộ luật,pháp luật,kỹ thuật,nhật ký,cập nhật,bảo mật,tối mật,tuyệt mật,công nghiệp,nông nghiệp,doanh nghiệp`
    .trim()
    .split(/\s*,\s*/u),
);

/** Whether a lower-case word belongs with the word before or after it in such a pair. */
export function inHeading(before: string | undefined, word: string, after: string | undefined): boolean {
  return PAIRS.has(`${bare(before)} ${word}`) || PAIRS.has(`${word} ${bare(after)}`);
}

function bare(text = ""): string {
  return tokenOf(text).core.toLowerCase();
}
