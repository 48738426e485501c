-- The sessions at the stations of an agent that have not ended or are played on after their end; forgets the others.
-- KEYS: sessions of the agent (set), session key prefix (ends in `s:`).
-- Reply: 18 per session, flat: session, world, station, player, game, band, opened, lastBeat, silentUntil (-1: never lost to silence), context,
--        usedGame, usedProvider, usedAgent, usedPerson, state (1 active, 0 paused), ended (-1: it goes on),
--        interval, leaseEnds.
-- include: ledger.lua

local reply = {}
local ids = redis.call('SMEMBERS', KEYS[1])
for i = 1, #ids do
  local s = load_session(KEYS[2] .. ids[i])
  if not s or s.ea >= 0 and not is_played_on(s) then
    redis.call('SREM', KEYS[1], ids[i])
  else
    local game, provider, agent, human = read_used(s)
    local silent_until = s.at == 1 and int(revivable_until(s)) or '-1'
    local lease_ends = int(s.lb + s.ll)
    if s.ea >= 0 then silent_until = lease_ends end
    local row = { s.id, s.wo, s.st, s.py, s.ga, s.bd, int(s.op), int(s.lb), silent_until, s.cx, game, provider, agent, human, s.sx, int(s.ea),
      s.iv * s.pc, lease_ends }
    for j = 1, #row do reply[#reply + 1] = row[j] end
  end
end
return reply
