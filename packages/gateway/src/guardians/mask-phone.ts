const DIGITS_SHOWN = 3;
const COUNTRY_SHOWN = 3;

/** `+84912345678` as `+84••••••678`: enough to recognise one's own number, not to call it. */
export function maskPhone(phone: string): string {
  const hiddenCount = Math.max(0, phone.length - COUNTRY_SHOWN - DIGITS_SHOWN);
  return phone.slice(0, COUNTRY_SHOWN) + '•'.repeat(hiddenCount) + phone.slice(COUNTRY_SHOWN + hiddenCount);
}
