import type { PlayGuardOptions } from '@playgate/sdk/browser';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { usePlayGuard } from './use-play-guard.ts';

interface Login extends PlayGuardOptions {
  readonly ageToken: string;
}

function LightGame({ mustSave }: { readonly mustSave: boolean }) {
  const [points, setPoints] = useState(0);
  return (
    <main>
      <button type="button" onClick={() => setPoints(points + 1)}>
        {points} points
      </button>
      {mustSave && <p role="alert">Saved. Time is nearly up.</p>}
    </main>
  );
}

function App({ options, ageToken }: { readonly options: PlayGuardOptions; readonly ageToken: string }) {
  const play = usePlayGuard(options, ageToken);
  if (play.status === 'starting') return <p>One moment</p>;
  if (play.status === 'denied') return <p role="alert">{play.denial.text}</p>;
  if (play.status === 'ended') return <p role="alert">{play.end.text ?? 'That was today’s play. See you tomorrow.'}</p>;
  if (play.status === 'broken') return <p role="alert">{String(play.error)}</p>;
  const { remaining, session, notice, mustSave } = play;
  return (
    <>
      <header>
        <b>{session.rating}</b>
        {!remaining.unlimited && <span role="timer"> {Math.ceil((remaining.remainingMs ?? 0) / 60_000)} min left</span>}
      </header>
      {notice !== null && (
        <p role="status">
          <strong lang="vi">{notice.vi}</strong> {notice.en}
        </p>
      )}
      <LightGame mustSave={mustSave} />
    </>
  );
}

const { ageToken, ...options }: Login = await (await fetch('/login')).json();
createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <App options={{ ...options, locale: 'en' }} ageToken={ageToken} />
  </StrictMode>,
);
