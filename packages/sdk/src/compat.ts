// For games that come from other play-time SDKs.
export {
  startWithTapTapCodes,
  TAPTAP_CODES,
  type TapTapCallback,
  type TapTapCode,
  type TapTapExtra,
  tapTapCodeOf,
} from './compat/taptap.ts';
