// What clients show a player over the game, by language: plain text with {placeholders}. Gateways serve it, and an operator's
// file may replace texts of it; the SDK ships the same as its fallback, which its tests hold equal to this. The words of a
// health notice are never here: they are the law's, and come with the allowance. Those of a refusal or an end come with it.

/** Languages of the service; the first is answered where another is asked for. */
export const CLIENT_LOCALES = ['vi', 'en'] as const;
export type ClientLocale = (typeof CLIENT_LOCALES)[number];

export const CLIENT_TEXTS: Readonly<Record<ClientLocale, Readonly<Record<string, string>>>> = {
  vi: {
    rating: 'Phân loại độ tuổi {rating}',
    left: 'Còn {time}',
    minutes: '{minutes} phút',
    seconds: '{seconds} giây',
    paused: 'Tạm dừng',
    offline: 'Mất kết nối. Bạn vẫn chơi tiếp được một lúc.',
    warning: 'Còn {time} nữa là hết giờ chơi. Mình tính chỗ dừng dần nhé.',
    warningLast: 'Còn {time} thôi. Hãy tìm chỗ dừng và lưu lại nhé.',
    save: 'Sắp hết giờ rồi. Hãy lưu trò chơi ngay nhé.',
    extended: 'Bạn được chơi thêm {time}.',
    noticeTitle: 'Khuyến cáo sức khỏe',
    endTitle: 'Hôm nay chơi vậy là đủ rồi',
    stopTitle: 'Mình tạm dừng ở đây nhé',
    deniedTitle: 'Bây giờ chưa chơi được',
    daily_budget_spent: 'Bạn đã chơi hết thời gian của hôm nay. Nghỉ mắt, vận động một chút và gặp lại sau nhé.',
    outside_window: 'Đã hết khung giờ được chơi. Hẹn gặp lại bạn trong khung giờ tới.',
    agent_closed: 'Điểm chơi đã hết giờ mở cửa. Hẹn gặp lại bạn.',
    ledger_unavailable: 'Chưa kiểm tra được thời gian chơi. Vui lòng thử lại sau ít phút.',
    ended: 'Phiên chơi đã kết thúc. Hẹn gặp lại bạn.',
    next: 'Bạn có thể chơi lại từ {time} {day}.',
    nextTomorrow: 'Bạn có thể chơi lại vào ngày mai.',
    today: 'hôm nay',
    tomorrow: 'ngày mai',
    hotlineTitle: 'Cần người lắng nghe?',
    hotline: 'Tổng đài Quốc gia Bảo vệ Trẻ em: miễn phí, cả ngày lẫn đêm.',
    guardianTitle: 'Gửi cha mẹ, người giám hộ',
    guardian: 'Hôm nay con đã chơi trò này {time}. Giới hạn giờ chơi là để giữ sức khỏe cho con.',
    exit: 'Đã hiểu',
    close: 'Đóng',
    privacy: 'Giữ kín thông tin của mình nhé: đừng đưa tên thật, địa chỉ, trường học, số điện thoại hay mật khẩu.',
    privacyFound: 'Có vẻ bạn đang nhập số điện thoại, email hoặc số giấy tờ. Hãy hỏi cha mẹ trước khi chia sẻ nhé.',
  },
  en: {
    rating: 'Age rating {rating}',
    left: '{time} left',
    minutes: '{minutes} min',
    seconds: '{seconds} s',
    paused: 'Paused',
    offline: 'No connection. You can play on for a while.',
    warning: '{time} of play left. A good moment to think about where to stop.',
    warningLast: 'Only {time} left. Find a good place to stop and save.',
    save: 'Time is nearly up. Please save your game now.',
    extended: 'You have {time} more to play.',
    noticeTitle: 'Health notice',
    endTitle: 'That’s enough play for today',
    stopTitle: 'Let’s stop here for now',
    deniedTitle: 'You can’t play right now',
    daily_budget_spent: 'You have played all of today’s time. Rest your eyes, move a little, and see you soon.',
    outside_window: 'The hours in which you may play are over. See you in the next ones.',
    agent_closed: 'This place has closed for the day. See you next time.',
    ledger_unavailable: 'Play time can’t be checked right now. Please try again in a few minutes.',
    ended: 'The session has ended. See you next time.',
    next: 'You can play again {day} from {time}.',
    nextTomorrow: 'You can play again tomorrow.',
    today: 'today',
    tomorrow: 'tomorrow',
    hotlineTitle: 'Need someone to talk to?',
    hotline: 'The national child protection hotline: free, day and night.',
    guardianTitle: 'For parents and guardians',
    guardian: '{time} of this game were played today. The limit is there to keep your child healthy.',
    exit: 'Got it',
    close: 'Close',
    privacy: 'Keep what is yours to yourself: no real name, address, school, phone number or password.',
    privacyFound:
      'That looks like a phone number, an email address or an ID number. Please ask a parent before you share it.',
  },
};

/** The languages' best for what a client asks for: that language, whatever its region or script, or else the first. */
export function clientLocaleOf(asked: string | undefined): ClientLocale {
  const language = asked?.split('-')[0]?.toLowerCase();
  return CLIENT_LOCALES.find((locale) => locale === language) ?? CLIENT_LOCALES[0];
}
