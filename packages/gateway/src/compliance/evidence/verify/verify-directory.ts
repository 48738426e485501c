import { filesOfDirectory } from './evidence-files.ts';
import { type Verification, type VerifyOptions, verifyFiles } from './verify-files.ts';

/** What lies in a directory, as an export has it. */
export async function verifyDirectory({
  directory,
  ...options
}: Omit<VerifyOptions, 'files'> & { readonly directory: string }): Promise<Verification> {
  return verifyFiles({ ...options, files: await filesOfDirectory(directory) });
}
