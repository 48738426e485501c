// What the code for tabs and reloads needs from the host.

/** Text that outlives a reload of this tab, as `sessionStorage` does, or the tab itself, as `localStorage` does. */
export interface TabStorage {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

export interface TabChannel {
  /** To every other tab on the channel, as a structured clone. */
  post(message: unknown): void;
  close(): void;
}

/** What the tabs of one origin know of each other. */
export interface TabHost {
  /** Calls back once this tab alone holds the name: until the returned function is called, or the tab dies. */
  lock(name: string, onHeld: () => void): () => void;
  openChannel(name: string, onMessage: (message: unknown) => void): TabChannel;
}
