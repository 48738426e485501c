-- Makes the next beat of each standing session of a person ask for a new plan: what the old one was resolved with has changed.
-- KEYS: open sessions of the person, session key prefix (ends in `s:`).
-- ARGV: now.
-- Reply: how many sessions.
-- include: ledger.lua

local now, renewed = tonumber(ARGV[1]), 0
local open = redis.call('HKEYS', KEYS[1])
for i = 1, #open do
  local s = load_session(KEYS[2] .. open[i])
  if s and s.ea < 0 then
    s.vu, s.is_rewritten = math.min(s.vu, math.max(now, s.lb)), true
    save_session(s)
    renewed = renewed + 1
  end
end
return renewed
