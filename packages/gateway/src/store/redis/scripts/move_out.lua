-- Ends the standing sessions of one player of a person at their last beat: the player belongs to another person now.
-- KEYS: open sessions of the person, session key prefix (ends in `s:`).
-- ARGV: player.
-- Reply: how many sessions.
-- include: ledger.lua

local moved = 0
local open = redis.call('HKEYS', KEYS[1])
for i = 1, #open do
  local s = load_session(KEYS[2] .. open[i])
  if s and s.ea < 0 and s.py == ARGV[1] then
    end_session(s, s.lb, 'moved', -1, s.lb, -1)
    save_session(s)
    moved = moved + 1
  end
end
return moved
