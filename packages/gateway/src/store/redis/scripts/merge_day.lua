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

local function note_merged(field, from, to)
  local kind = string.sub(field, 1, 2)
  if kind ~= 'g:' and kind ~= 'a:' then return end
  person.ga = kind == 'g:' and string.sub(field, 3) or ''
  person.ag = kind == 'a:' and string.sub(field, 3) or ''
  note(person, 'merged', 'date', date, 'from', int(from), 'to', int(to), 'previous', ARGV[6])
end

local changed, at = 0, ACCOUNTS_START
while ARGV[at] do
  local field, count = ARGV[at], tonumber(ARGV[at + 1])
  local value = redis.call('HGET', KEYS[1], field)
  local grown = value
  for i = 1, count do
    local from, to = tonumber(ARGV[at + 2 * i]), tonumber(ARGV[at + 2 * i + 1])
    local before = grown
    grown = add_interval(grown, from - day_starts, to - day_starts, limits.intervals_max)
    if grown ~= before then note_merged(field, from, to) end
  end
  if grown ~= value then
    local is_new = redis.call('HSETNX', KEYS[1], 't0', int(day_starts)) == 1
    redis.call('HSET', KEYS[1], field, grown)
    if is_new then set_expiry(KEYS[1], person, day_ends, limits.keep_ms) end
    changed = changed + 1
  end
  at = at + 2 + 2 * count
end
return changed
