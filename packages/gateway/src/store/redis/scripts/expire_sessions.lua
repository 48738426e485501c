-- Closes sessions of one world that fell silent for longer than lease and revival, at their last proof of play.
-- KEYS: leases of the world (sorted set: session -> last known deadline), session key prefix (ends in `s:`).
-- ARGV: now, countMax. Deadlines in the set may be early, for beats do not move them: the session's own times decide.
-- Reply: how many were closed, how many were looked at.
-- include: ledger.lua

local now = tonumber(ARGV[1])
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1], 'LIMIT', 0, tonumber(ARGV[2]))
local closed = 0
for i = 1, #due do
  local s = load_session(KEYS[2] .. due[i])
  if not s or s.ea >= 0 or s.at == 0 then
    redis.call('ZREM', KEYS[1], due[i])
  else
    local deadline = revivable_until(s)
    if now > deadline then
      end_session(s, s.lb, 'silence', -1, s.lb, -1)
      save_session(s)
      closed = closed + 1
    else
      redis.call('ZADD', KEYS[1], int(deadline), due[i])
    end
  end
end
return { closed, #due }
