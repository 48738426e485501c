-- Unions play of a day into a person's day: the two turned out to be one human. Doing it again changes nothing.
-- KEYS: day key of the person, or of the human over all providers.
-- ARGV: keepMs, intervalsMax, world, person, player, previous person, date, dayStarts, dayEnds,
--       then per account: field (g:<game>, p, a:<agent>, x), number of intervals, and (from, to) of each, as instants.
-- Reply: how many accounts changed.
-- include: ledger.lua

local ACCOUNTS_START = 10
local limits = { keep_ms = tonumber(ARGV[1]), intervals_max = tonumber(ARGV[2]) }
local _, prefix_end = string.find(KEYS[1], ENTRY_PREFIX_END, 1, true)
local person = { prefix = string.sub(KEYS[1], 1, prefix_end), id = '', wo = ARGV[3], pe = ARGV[4], py = ARGV[5],
  ga = '', ag = '', st = '', bd = '', hu = '', cx = '' }
local date, day_starts, day_ends = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])

-- What was noted of the previous person, so that a merge that is tried again notes it once.
local noted_field = 'm:' .. ARGV[6]
local noted_value = redis.call('HGET', KEYS[1], noted_field)
local noted = noted_value

-- Play of a game that the person had already goes over all the same, to no account: the previous person's counts no more.
local function note_merged(field, from, to, has_grown)
  local kind = string.sub(field, 1, 2)
  if kind ~= 'g:' and kind ~= 'a:' then return end
  if kind == 'a:' and not has_grown then return end
  local before = noted
  if kind == 'g:' then noted = add_interval(noted, from - day_starts, to - day_starts, limits.intervals_max) end
  if not has_grown and noted == before then return end
  person.ga = has_grown and kind == 'g:' and string.sub(field, 3) or ''
  person.ag = has_grown and kind == 'a:' and string.sub(field, 3) or ''
  note(person, 'merged', 'date', date, 'from', int(from), 'to', int(to), 'previous', ARGV[6])
end

write_out_provider(KEYS[1])
local changed, at = 0, ACCOUNTS_START
while ARGV[at] do
  local field, count = ARGV[at], tonumber(ARGV[at + 1])
  local value = redis.call('HGET', KEYS[1], field)
  local grown = value
  for i = 1, count do
    local from, to = tonumber(ARGV[at + 2 * i]), tonumber(ARGV[at + 2 * i + 1])
    local before = grown
    grown = add_interval(grown, from - day_starts, to - day_starts, limits.intervals_max)
    note_merged(field, from, to, grown ~= before)
  end
  if grown ~= value then
    local is_new = redis.call('HSETNX', KEYS[1], 't0', int(day_starts)) == 1
    redis.call('HSET', KEYS[1], field, grown)
    if is_new then set_expiry(KEYS[1], person, day_ends, limits.keep_ms) end
    changed = changed + 1
  end
  at = at + 2 + 2 * count
end
if noted ~= noted_value then redis.call('HSET', KEYS[1], noted_field, noted) end
return changed
