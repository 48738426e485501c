const LOOPBACK = /^http:\/\/(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d{1,5})?$/;

/** Whether a base URL, without a path, is of this machine: load goes nowhere else. */
export const isLoopback = (baseUrl: string): boolean => LOOPBACK.test(baseUrl);
