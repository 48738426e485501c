/**
 * The database gave no connection in time, or cannot be reached: what was asked of it was not done. Thrown by every port that is kept
 * in SQL; `cause` is the driver's error.
 */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
}
