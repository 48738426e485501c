-- Unions play that the record holds into a day that the books have lost some of. Nothing is noted: the record has it.
-- KEYS: day key of a person, or of the human over all providers.
-- ARGV: keepMs, intervalsMax, world, dayStarts, dayEnds, real time where the day is known whole from now on ('': it is not),
--       then per account: field (g:<game>, p, a:<agent>, x), number of intervals, and (from, to) of each, as instants.
-- Reply: how many accounts changed.
-- include: ledger.lua
-- include: epoch.lua

local ACCOUNTS_START = 7
local intervals_max, day_starts = tonumber(ARGV[2]), tonumber(ARGV[4])
local _, prefix_end = string.find(KEYS[1], ENTRY_PREFIX_END, 1, true)

write_out_provider(KEYS[1])
local fields, at = {}, ACCOUNTS_START
while ARGV[at] do
  local count = tonumber(ARGV[at + 1])
  local value = redis.call('HGET', KEYS[1], ARGV[at])
  local grown = value
  for i = 1, count do
    local from, to = tonumber(ARGV[at + 2 * i]) - day_starts, tonumber(ARGV[at + 2 * i + 1]) - day_starts
    grown = add_interval(grown, from, to, intervals_max)
  end
  if grown ~= value then
    fields[#fields + 1] = ARGV[at]
    fields[#fields + 1] = grown
  end
  at = at + 2 + 2 * count
end
local changed = #fields / 2
if changed > 0 then
  fields[#fields + 1] = 't0'
  fields[#fields + 1] = ARGV[4]
end
if ARGV[6] ~= '' then
  fields[#fields + 1] = 'known'
  fields[#fields + 1] = epoch_of(string.sub(KEYS[1], 1, prefix_end), ARGV[6])
end
if #fields > 0 then
  redis.call('HSET', KEYS[1], unpack(fields))
  set_expiry(KEYS[1], { wo = ARGV[3] }, tonumber(ARGV[5]), tonumber(ARGV[1]))
end
return changed
