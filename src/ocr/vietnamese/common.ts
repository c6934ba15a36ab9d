/**
 * Syllables that stand in nearly every paper of an office, by hand from forms, decisions and letters. A
 * reading made of these is likelier than one of syllables that are only well formed.
 */
const COMMON = new Set(
  `ủy uỷ ban nhân dân hội đồng cộng hòa hoà xã chủ nghĩa việt nam độc lập tự do hạnh phúc số ngày tháng năm
  quyết định về việc thông báo công văn căn cứ nghị luật tổ chức chính quyền địa phương của và các cho
  được theo tại từ đến trong ngoài có không là với này đó những một hai ba bốn sáu bảy tám chín mười để do
  bởi nếu thì khi đã đang sẽ phải cần bị trên dưới sau trước giữa bên đề nghị xét phòng sở bộ ngành tỉnh
  huyện phường quận thành phố thị trấn thôn ấp khu tổ chủ tịch phó giám đốc trưởng ký thay mặt nơi nhận
  như lưu điều khoản điểm mục chương phần hiệu lực kể thi hành trách nhiệm thực hiện quy trình thủ tục hồ
  sơ giấy tờ bản sao gốc chứng minh xác nhận đơn kính gửi họ tên sinh giới tính dân tộc quốc thường trú cư
  hiện nay tạm địa chỉ điện thoại liên hệ cá căn cước cấp người khai đăng kết hôn khai tử cha mẹ vợ chồng
  con ông bà anh chị em cháu gia đình quan nhà nước đất sử dụng quyền sở hữu tài sản gắn liền thửa tờ bản
  đồ diện tích mục đích thời hạn nguồn thuế phí lệ nộp tiền đồng ngân sách kinh phí chi thu vốn đầu tư xây
  dựng dự án kế hoạch nhiệm vụ giải pháp phát triển kinh tế văn hóa hoá giáo dục đào tạo y khoa học công
  nghệ nông nghiệp môi trường giao thông vận tải an ninh quốc phòng trật tự toàn đảng ủy viên cán bộ lao
  động thương binh bảo hiểm trợ hỗ chính sách đối tượng đủ điều kiện yêu cầu giải quyết trả lời kết quả
  tiếp nhận kiểm tra thanh sát xử lý vi phạm khiếu nại tố cáo phản ánh kiến họp biên thảo luận nhất trí ý
  đóng góp bổ sung sửa đổi thay thế bãi bỏ ban ban hành phê duyệt tham mưu trình phối hợp chủ trì hướng
  dẫn tổng hợp báo danh sách kèm mẫu biểu phụ lục lần thứ đợt quý tuần giờ hôm cuối đầu kỳ mới cũ cao thấp
  lớn nhỏ nhiều ít hơn rất cũng vẫn còn lại chỉ mọi mỗi cùng khác riêng chung đều sự cách thức hình nội
  dung vấn đề tình trạng nguyên nhân khó khăn vướng mắc đảm cam đoan đúng thật sai pháp trước nếu hoàn
  chịu toàn quản lý cơ sở dữ liệu hệ thống tin mạng trực tuyến tử chữ kỹ số dịch vụ bưu chính cửa trung
  tâm phục hành đơn vị doanh nghiệp ty cổ hợp tác đại diện pháp đứng tên lĩnh vực trường lớp học sinh viên
  giảng dạy thi tuyển bằng tốt nghiệp y bệnh viện khám chữa sức khỏe khoẻ phòng chống dịch thuốc vật liệu
  lượng chất sản xuất kinh bán mua hàng hải quan nhập xuất khẩu cảng tàu xe đường bộ sông biển núi rừng
  cây trồng vùng miền bắc trung đông tây phía giáp ranh mốc lô khối nước điện lượng giá trị tỷ triệu nghìn
  trăm chục lẻ phẩy nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý văn thị hữu đức
  minh ngọc thanh quang hùng dũng tuấn hương lan hoa mai hồng thúy hà nội đà nẵng hồ chí cần thơ quảng
  ngãi bình thái nguyên lạng giang ninh hưng yên an khánh phú thọ lâm đắk lắk tiền vĩnh long trà vinh sóc
  trăng bạc liêu cà mau kiên hậu tĩnh nghệ thừa thiên huế trị gia lai kon tum phước vũng tàu thẩm phẩm gồm
  nhằm chế rủi triệt xếp tất niêm yết khẩn nghiêm túc rà soát cụ đích tăng cường nâng mở rộng duy đổi tỏ
  rõ ràng chặt chẽ đầy vừa qua gian tới sớm ngay chậm muộn trễ quá rồi nữa càng thêm bớt giảm gấp đôi cả
  nào gì sao đâu ai nấy người ta chúng mình họ nó thuộc dựa vào ra lên xuống đi lại làm nên thấy biết hiểu
  nghe nói hỏi đáp trả đưa lấy giữ bỏ tìm gặp chờ đợi xin mời gọi đọc viết ghi chép in nhắc nhở dặn khuyên
  giúp cứu bắt buộc cấm hạn phạt tù tòa án viện sát điều tra tội hình dân sự tranh chấp thỏa thuận hòa
  giải bồi đền thương tật mất hỏng cháy nổ lũ lụt bão sạt lở động ổn định giữ gìn sạch đẹp rác thải nghề
  truyền bản sắc lễ tết kỷ niệm khen thưởng danh dự thi đua phong trào tuyên tôn giáo tín ngưỡng lịch sử
  cách mạng liệt sĩ công lao hưu nghỉ phép lương thưởng phụ chức danh ngạch bậc hệ biên tuyển dụng hợp
  nhiệm kỳ bầu cử ứng đại biểu chất vấn giám khóa khoá phiên toàn thể tiểu ngoại kiều quốc tế hiệp ước
  tịch lãnh sự hộ chiếu thẻ ảnh chụp dấu vân tay màu đen trắng đỏ xanh vàng mặt trang dòng ô cột hàng bảng
  kèm tệp quét lưu trữ kho hủy tiêu thất lạc tra khai thác sẵn sàng kịp đúng hẹn niên độ quyết toán dự
  khoản mục nợ vay lãi suất ngân kho bạc séc quỹ đấu thầu gói thầu mời chào giá thẩm nghiệm bàn giao khởi
  hoàn thành tiến độ thiết kế bản vẽ thi móng cột mái tường sàn cửa cống mương kênh đập thủy lợi tưới tiêu
  chăn nuôi thú gia cầm lợn bò gà giống mùa vụ lúa ngô rau quả lâm ngư diêm cháy`
    .trim()
    .split(/\s+/u),
);

/** Whether a lower-case NFC syllable is one of the few hundred that fill office papers. */
export function isCommon(syllable: string): boolean {
  return COMMON.has(syllable);
}
