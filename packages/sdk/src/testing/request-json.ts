/** @throws Error with status and code when it is refused */
export async function requestJson(
  baseUrl: string,
  call: `${'GET' | 'POST' | 'PUT' | 'DELETE'} ${string}`,
  token: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const [method, path] = call.split(' ') as [string, string];
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const value = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  if (!response.ok) throw new Error(`${call}: ${response.status} ${String(value.code)}: ${text}`);
  return value;
}
