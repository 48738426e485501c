/** As much of a browser as a sign-in needs: it follows redirects, keeps cookies per origin and presses one button. */
export class Browser {
  /** Where it went, in order. */
  readonly visited: string[] = [];
  readonly #cookies = new Map<string, Map<string, string>>();

  /** The text of the page at the end. `choice`: the button that is pressed on a page with a form. */
  async open(address: string, choice: string): Promise<string> {
    let url = new URL(address);
    let form: URLSearchParams | null = null;
    for (let hops = 0; hops < 20; hops++) {
      const response = await this.#request(url, form);
      form = null;
      const location = response.headers.get('location');
      if (location !== null) {
        url = new URL(location, url);
        continue;
      }
      const page = await response.text();
      if (!page.includes('<form')) return page;
      form = new URLSearchParams({ who: choice });
    }
    throw new Error('the sign-in goes round in circles');
  }

  async #request(url: URL, form: URLSearchParams | null): Promise<Response> {
    this.visited.push(`${form === null ? 'GET ' : 'POST'} ${url.origin}${url.pathname}`);
    const jar = this.#cookies.get(url.origin) ?? new Map<string, string>();
    this.#cookies.set(url.origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form !== null && { method: 'POST', body: form }),
    });
    for (const text of response.headers.getSetCookie()) {
      const pair = text.split(';')[0]!;
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return response;
  }
}
