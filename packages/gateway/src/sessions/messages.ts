// What a player is told when play is refused or ends: kind, plain, and what to do next.
import type { EndReason, LocalizedText } from '@playgate/policy';

export const MESSAGES: Readonly<Record<EndReason, LocalizedText>> = {
  daily_budget_spent: {
    vi: 'Hôm nay bạn đã chơi đủ thời gian cho phép. Hãy nghỉ ngơi và quay lại sau nhé. Cần giúp đỡ, hãy gọi 111.',
    en: 'You have played all the time you may play today. Take a rest and come back later. If you need help, call 111.',
  },
  outside_window: {
    vi: 'Bây giờ chưa phải giờ được chơi. Hãy quay lại vào khung giờ cho phép nhé.',
    en: 'This is not a time at which you may play. Please come back during the allowed hours.',
  },
  agent_closed: {
    vi: 'Điểm cung cấp dịch vụ trò chơi đã hết giờ hoạt động. Hẹn gặp lại bạn khi mở cửa.',
    en: 'This game service point is closed now. See you when it opens again.',
  },
  age_rating: {
    vi: 'Trò chơi này dành cho người lớn tuổi hơn. Hãy chọn một trò chơi phù hợp với độ tuổi của bạn.',
    en: 'This game is rated for older players. Please choose one that fits your age.',
  },
  guardian_required: {
    vi: 'Bạn cần cha, mẹ hoặc người giám hộ đăng ký cho bạn trước khi chơi.',
    en: 'A parent or guardian has to register you before you can play.',
  },
  phone_required: {
    vi: 'Tài khoản cần được xác thực bằng số điện thoại di động tại Việt Nam trước khi chơi.',
    en: 'The account has to be verified with a mobile phone number before you can play.',
  },
  unverified: {
    vi: 'Cần xác minh độ tuổi của tài khoản trước khi chơi.',
    en: 'The age of this account has to be verified before you can play.',
  },
  too_little_left: {
    vi: 'Thời gian chơi còn lại hôm nay quá ít để bắt đầu. Hãy quay lại sau nhé.',
    en: 'Too little time is left today to start. Please come back later.',
  },
  concurrent_session: {
    vi: 'Bạn đang chơi ở nơi khác. Hãy kết thúc phiên chơi đó trước.',
    en: 'You are already playing somewhere else. Please end that session first.',
  },
  guardian_pause: {
    vi: 'Người giám hộ đã tạm dừng giờ chơi của bạn. Hãy trò chuyện với họ nhé.',
    en: 'Your guardian has paused play for now. Please talk to them.',
  },
  guardian_window: {
    vi: 'Đây là khung giờ nghỉ do người giám hộ đặt. Hãy quay lại sau nhé.',
    en: 'This is a rest time set by your guardian. Please come back later.',
  },
  ledger_unavailable: {
    vi: 'Hiện không thể kiểm tra thời gian chơi. Vui lòng thử lại sau ít phút.',
    en: 'Play time cannot be checked right now. Please try again in a few minutes.',
  },
  session_lost: {
    vi: 'Phiên chơi đã mất kết nối quá lâu nên đã kết thúc. Bạn có thể bắt đầu phiên mới.',
    en: 'The session was out of touch for too long and has ended. You can start a new one.',
  },
  session_closed: {
    vi: 'Phiên chơi đã kết thúc. Hẹn gặp lại bạn.',
    en: 'The session has ended. See you next time.',
  },
  session_taken_over: {
    vi: 'Bạn đã bắt đầu chơi trên một thiết bị khác nên phiên này kết thúc.',
    en: 'You started to play on another device, so this session has ended.',
  },
  agent_ended: {
    vi: 'Nhân viên của điểm chơi đã kết thúc phiên chơi này. Bạn có thể hỏi họ để biết thêm.',
    en: 'The staff of this game service point ended the session. You can ask them why.',
  },
};
