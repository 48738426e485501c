-- Whether one more question about an identity may be answered today; keeps it when so.
-- KEYS: questions of the identity and day (set of marks).
-- ARGV: questionsMax, ttlSeconds, mark asked, then marks that were answered while Redis was away.
-- Reply: 1 admitted (asked before, or there was room), 0 refused.

for i = 4, #ARGV do
  redis.call('SADD', KEYS[1], ARGV[i])
end
if #ARGV > 3 then
  redis.call('EXPIRE', KEYS[1], ARGV[2])
end
if redis.call('SISMEMBER', KEYS[1], ARGV[3]) == 1 then
  return 1
end
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[1]) then
  return 0
end
redis.call('SADD', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
