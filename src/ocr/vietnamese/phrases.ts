/** Pairs of syllables that make one word in office papers, by first syllable; none of them a person's name. */
const PHRASES = new Set(
  `ủy:ban|quyền|viên uỷ:ban|quyền|viên nhân:dân|viên|lực hội:đồng|nghị cộng:hòa|hoà|đồng
  chủ:nghĩa|tịch|trì|trương|động việt:nam độc:lập hạnh:phúc quyết:định|toán thông:báo|tin|qua|tư|nhất
  công:văn|nghệ|nghiệp|tác|chức|dân|an|bố|khai|trình|cộng|ty căn:cứ|cước|hộ nghị:định|quyết luật:sư|tổ
  tổ:chức|quốc|trưởng|dân|hợp chính:quyền|phủ|sách|trị|thức địa:phương|chỉ|chính|bàn đề:nghị|xuất|án|cương
  đất:đai|nước kế:hoạch|toán|thừa|cận phát:triển|hành|sinh|hiện kinh:tế|doanh|phí|nghiệm
  văn:hóa|hoá|bản|phòng|bằng giáo:dục|viên|sinh đào:tạo khoa:học môi:trường giao:thông|dịch|đất
  an:ninh|toàn quốc:hội|gia|phòng|tịch|tế|lộ|doanh trật:tự lao:động thương:binh|mại|nhân
  bảo:hiểm|đảm|vệ|lãnh|quản|mật hỗ:trợ đối:tượng|với|chiếu|tác điều:kiện|tra|chỉnh|hành|động yêu:cầu
  giải:quyết|pháp|trình|phóng|thích|tỏa kết:quả|luận|hôn|hợp|thúc|nối tiếp:nhận|tục|theo|cận|công
  kiểm:tra|soát|định|sát|toán thanh:tra|toán|lý|niên giám:sát|đốc|định xử:lý|phạt vi:phạm khiếu:nại|kiện
  tố:cáo|tụng phản:ánh|hồi kiến:nghị|thức biên:bản|chế|lai|giới bổ:sung|nhiệm sửa:đổi|chữa
  thay:thế|đổi|mặt bãi:bỏ ban:hành|thường|quản phê:duyệt|bình tham:mưu|gia|khảo|dự phối:hợp hướng:dẫn
  tổng:hợp|cục|số|thể|kết|giám danh:sách|mục|dự|hiệu phụ:lục|trách|cấp|huynh
  thực:hiện|tế|trạng|thi|phẩm|vật trách:nhiệm thủ:tục|trưởng|tướng hồ:sơ giấy:tờ|phép|chứng|xác
  bản:sao|đồ|chính|gốc|vẽ|thân chứng:minh|nhận|thực|từ|cứ|chỉ xác:nhận|định|minh|lập kính:gửi|trình|đề
  họ:tên|và giới:tính|thiệu|hạn dân:tộc|số|sự|cư|chủ|phòng thường:trú|xuyên|vụ|trực tạm:trú|thời|ứng|dừng
  điện:thoại|tử|lực liên:hệ|quan|thông|tục|kết cá:nhân gia:đình|hạn|tăng|cảnh
  cơ:quan|sở|chế|cấu|bản|động|hội nhà:nước|ở|trường|thầu sử:dụng quyền:sử|sở|lợi|hạn
  tài:sản|chính|liệu|khoản|nguyên|trợ diện:tích mục:đích|tiêu thời:hạn|gian|điểm|kỳ nguồn:vốn|lực|gốc|thu
  ngân:sách|hàng đầu:tư|tiên|năm|mối xây:dựng dự:án|thảo|toán|kiến|phòng nhiệm:vụ|kỳ đại:diện|học|biểu|hội
  cán:bộ viên:chức pháp:luật|lý|chế|nhân quy:định|trình|hoạch|chế|mô|chuẩn|cách quản:lý|trị dữ:liệu
  hệ:thống trực:tuyến|tiếp|thuộc chữ:ký|viết kỹ:thuật|năng|thuật dịch:vụ|bệnh bưu:chính|điện
  trung:tâm|ương|học|thực phục:vụ|hồi hành:chính|vi|khách|nghề doanh:nghiệp|thu hợp:tác|đồng|pháp|lệ|lý
  lĩnh:vực trường:hợp|học học:sinh|viên|kỳ|tập|phí|vấn sinh:viên|hoạt|sống|học tốt:nghiệp bệnh:viện|nhân
  sức:khỏe|khoẻ phòng:chống|ban|ngừa vật:liệu|tư|chất|nuôi chất:lượng|thải sản:xuất|phẩm|lượng
  xuất:khẩu|nhập|bản|sắc|phát|trình nhập:khẩu|cảnh|học hải:quan|sản|đảo cổ:phần|đông phần:trăm|mềm
  đăng:ký|tải|nhập thống:nhất|kê triển:khai|lãm|vọng khẩn:trương|cấp thẩm:quyền|định|tra|phán
  tiến:độ|hành|sĩ biểu:mẫu|quyết|diễn|hiện đảm:bảo theo:quy|dõi|đó có:thể|hiệu|liên cụ:thể
  tập:thể|trung|huấn|đoàn thể:hiện|thao|chế vấn:đề đồng:thời|ý|chí|bộ cấp:huyện|xã|tỉnh|giấy|phép|bách|độ
  hiện:hành|nay|trạng|đại hiệu:lực|quả|trưởng kể:từ thi:hành|đua|tuyển|công đơn:vị|giản chịu:trách|sự
  nội:dung|vụ|bộ|quy tình:hình|trạng nguyên:nhân|tắc|liệu khó:khăn vướng:mắc nghiêm:túc|trọng|cấm rà:soát
  chỉ:đạo|thị|tiêu|định lãnh:đạo|thổ|sự nông:nghiệp|thôn|dân tiền:lương|thuế|sử thuế:suất|quan
  bồi:thường|dưỡng thu:hồi|nhập|phí tranh:chấp khai:sinh|tử|thác|báo|giảng nghĩa:vụ cam:kết|đoan xem:xét
  cần:thiết|thơ thiết:kế|bị|yếu|lập bộ:trưởng|luật|phận|máy phó:chủ|giám|trưởng
  thành:phố|lập|phần|viên|tích ngày:tháng|sinh tháng:năm năm:sinh|học nơi:nhận|sinh|ở|cấp tuyên:truyền|bố
  tăng:cường mở:rộng|đầu nâng:cao|cấp thương:mại đường:bộ|sắt|thủy số:lượng|liệu|định|hóa thẻ:căn
  niêm:yết|phong lưu:trữ|ý|hành|hồ ưu:tiên|đãi`
    .trim()
    .split(/\s+/u)
    .flatMap((entry) => {
      const [first = "", seconds = ""] = entry.split(":");
      return seconds.split("|").map((second) => `${first} ${second}`);
    }),
);

/** Whether two lower-case NFC syllables side by side make a word of office papers. */
export function isPhrase(first: string, second: string): boolean {
  return PHRASES.has(`${first} ${second}`);
}
