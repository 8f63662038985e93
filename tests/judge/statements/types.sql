-- Text
ALTER TABLE child ALTER COLUMN note TYPE varchar(20)
ALTER TABLE child ALTER COLUMN note TYPE varchar
ALTER TABLE child ALTER COLUMN note TYPE text
ALTER TABLE child ALTER COLUMN note TYPE text USING note::text
ALTER TABLE child ALTER COLUMN note TYPE varchar(5)
ALTER TABLE child ALTER COLUMN body TYPE varchar
ALTER TABLE child ALTER COLUMN body TYPE varchar(50)
ALTER TABLE child ALTER COLUMN body TYPE text
ALTER TABLE child ALTER COLUMN body TYPE text COLLATE "C"
ALTER TABLE typed ALTER COLUMN short TYPE varchar(20)
ALTER TABLE typed ALTER COLUMN short TYPE varchar
ALTER TABLE typed ALTER COLUMN short TYPE text
ALTER TABLE typed ALTER COLUMN short TYPE varchar(10)
ALTER TABLE typed ALTER COLUMN short TYPE varchar(9)
ALTER TABLE typed ALTER COLUMN short TYPE char(10)
ALTER TABLE typed ALTER COLUMN short TYPE text COLLATE "C"
ALTER TABLE typed ALTER COLUMN short TYPE text COLLATE "default"
ALTER TABLE typed ALTER COLUMN short TYPE text USING trim(short)
ALTER TABLE typed ALTER COLUMN short TYPE varchar(20) USING short::varchar(20)
ALTER TABLE typed ALTER COLUMN short TYPE text USING short
ALTER TABLE typed ALTER COLUMN short TYPE text USING open
ALTER TABLE typed ALTER COLUMN short TYPE integer USING short::integer
ALTER TABLE typed ALTER COLUMN short SET DATA TYPE text
ALTER TABLE typed ALTER COLUMN short TYPE short_text
ALTER TABLE typed ALTER COLUMN open TYPE text
ALTER TABLE typed ALTER COLUMN open TYPE varchar(5)
ALTER TABLE typed ALTER COLUMN body TYPE varchar
ALTER TABLE typed ALTER COLUMN body TYPE varchar(5)
ALTER TABLE typed ALTER COLUMN body TYPE text COLLATE "C"
ALTER TABLE typed ALTER COLUMN spare TYPE json USING spare::json
ALTER TABLE typed ALTER COLUMN spare TYPE jsonb USING to_jsonb(spare)
ALTER TABLE typed ALTER COLUMN plainly TYPE text
ALTER TABLE typed ALTER COLUMN plainly TYPE varchar
ALTER TABLE typed ALTER COLUMN plainly TYPE text COLLATE "C"
ALTER TABLE typed ALTER COLUMN plainly TYPE varchar COLLATE "C"
ALTER TABLE typed ALTER COLUMN fixed TYPE varchar(5)
ALTER TABLE typed ALTER COLUMN fixed TYPE text
ALTER TABLE typed ALTER COLUMN fixed TYPE char(10)
ALTER TABLE typed ALTER COLUMN fixed TYPE char(5)
ALTER TABLE typed ALTER COLUMN fixed TYPE char
ALTER TABLE typed ALTER COLUMN texted TYPE varchar(10)
ALTER TABLE typed ALTER COLUMN texted TYPE text
ALTER TABLE typed ALTER COLUMN region TYPE text
ALTER TABLE typed ALTER COLUMN bytes TYPE text USING encode(bytes, 'hex')
ALTER TABLE typed ALTER COLUMN brief TYPE text
ALTER TABLE typed ALTER COLUMN brief TYPE varchar(10)
ALTER TABLE typed ALTER COLUMN brief TYPE varchar(5)
ALTER TABLE typed ALTER COLUMN brief TYPE varchar(20)
ALTER TABLE typed ALTER COLUMN short TYPE varchar(20), ALTER COLUMN open TYPE text
ALTER TABLE typed ALTER COLUMN short TYPE varchar(20), ALTER COLUMN number TYPE bigint
ALTER TABLE typed ALTER COLUMN short SET DATA TYPE text, ALTER COLUMN short SET NOT NULL
-- Numbers
ALTER TABLE child ALTER COLUMN price TYPE numeric(12,2)
ALTER TABLE child ALTER COLUMN price TYPE numeric
ALTER TABLE child ALTER COLUMN price TYPE numeric(12,4)
ALTER TABLE child ALTER COLUMN price TYPE numeric(8,2)
ALTER TABLE typed ALTER COLUMN price TYPE decimal(65,30)
ALTER TABLE typed ALTER COLUMN price TYPE numeric(12,2)
ALTER TABLE typed ALTER COLUMN price TYPE numeric(10,3)
ALTER TABLE typed ALTER COLUMN price TYPE numeric(10)
ALTER TABLE typed ALTER COLUMN price TYPE double precision
ALTER TABLE typed ALTER COLUMN price TYPE integer
ALTER TABLE typed ALTER COLUMN whole TYPE numeric(12)
ALTER TABLE typed ALTER COLUMN whole TYPE numeric(12,0)
ALTER TABLE typed ALTER COLUMN free TYPE numeric(10,2)
ALTER TABLE typed ALTER COLUMN free TYPE numeric
ALTER TABLE typed ALTER COLUMN tiny TYPE integer
ALTER TABLE typed ALTER COLUMN number TYPE bigint
ALTER TABLE typed ALTER COLUMN number SET DATA TYPE BIGINT
ALTER TABLE typed ALTER COLUMN number TYPE smallint
ALTER TABLE typed ALTER COLUMN number TYPE numeric
ALTER TABLE typed ALTER COLUMN number TYPE text
ALTER TABLE typed ALTER COLUMN number TYPE oid
ALTER TABLE typed ALTER COLUMN number TYPE int4
ALTER TABLE typed ALTER COLUMN number TYPE plain
ALTER TABLE typed ALTER COLUMN number TYPE positive
ALTER TABLE typed ALTER COLUMN number TYPE boolean USING number = 1
ALTER TABLE typed ALTER COLUMN number TYPE integer USING number + 1
ALTER TABLE typed ALTER COLUMN number TYPE double precision
ALTER TABLE typed ALTER COLUMN large TYPE integer
ALTER TABLE typed ALTER COLUMN ratio TYPE double precision
ALTER TABLE typed ALTER COLUMN exact TYPE numeric
ALTER TABLE typed ALTER COLUMN exact TYPE numeric(10,2)
ALTER TABLE typed ALTER COLUMN exact TYPE real
ALTER TABLE typed ALTER COLUMN exact TYPE integer
ALTER TABLE typed ALTER COLUMN easy TYPE integer
ALTER TABLE typed ALTER COLUMN easy TYPE bigint
ALTER TABLE typed ALTER COLUMN easy TYPE positive
ALTER TABLE typed ALTER COLUMN strict TYPE integer
ALTER TABLE typed ALTER COLUMN strict TYPE plain
ALTER TABLE typed ALTER COLUMN strict TYPE positive
ALTER TABLE typed ALTER COLUMN object TYPE integer
ALTER TABLE typed ALTER COLUMN object TYPE bigint
ALTER TABLE typed ALTER COLUMN cash TYPE numeric
ALTER TABLE typed ALTER COLUMN free_flag TYPE integer USING free_flag::integer
ALTER TABLE typed ALTER COLUMN free_flag TYPE text
ALTER TABLE typed ALTER COLUMN defaulted TYPE bigint
ALTER TABLE typed ALTER COLUMN defaulted DROP DEFAULT, ALTER COLUMN defaulted TYPE text
ALTER TABLE typed ALTER COLUMN defaulted DROP DEFAULT, ALTER COLUMN defaulted TYPE text USING defaulted::text, ALTER COLUMN defaulted SET DEFAULT 'x'
-- Time
ALTER TABLE child ALTER COLUMN at TYPE timestamp
ALTER TABLE child ALTER COLUMN at TYPE timestamp(6)
ALTER TABLE child ALTER COLUMN at TYPE timestamptz
ALTER TABLE child ALTER COLUMN at TYPE timestamptz(6)
ALTER TABLE child ALTER COLUMN at TYPE timestamptz(3)
ALTER TABLE child ALTER COLUMN at TYPE timestamptz(3) USING at AT TIME ZONE 'UTC'
ALTER TABLE child ALTER COLUMN plain_at TYPE timestamp(3)
ALTER TABLE child ALTER COLUMN plain_at TYPE timestamptz
ALTER TABLE typed ALTER COLUMN at3 TYPE timestamp
ALTER TABLE typed ALTER COLUMN at3 TYPE timestamp(6)
ALTER TABLE typed ALTER COLUMN at3 TYPE timestamp(2)
ALTER TABLE typed ALTER COLUMN at3 SET DATA TYPE TIMESTAMPTZ(3)
ALTER TABLE typed ALTER COLUMN at3 SET DATA TYPE TIMESTAMPTZ(6)
ALTER TABLE typed ALTER COLUMN at3 TYPE timestamptz
ALTER TABLE typed ALTER COLUMN at3 TYPE date
ALTER TABLE typed ALTER COLUMN at3 TYPE text
ALTER TABLE typed ALTER COLUMN at TYPE timestamp(3)
ALTER TABLE typed ALTER COLUMN at TYPE timestamptz
ALTER TABLE typed ALTER COLUMN at TYPE timestamptz USING at AT TIME ZONE 'UTC'
ALTER TABLE typed ALTER COLUMN at TYPE timestamptz USING at AT TIME ZONE 'Europe/Berlin'
ALTER TABLE typed ALTER COLUMN at TYPE timestamptz USING at::timestamptz
ALTER TABLE typed ALTER COLUMN zoned TYPE timestamp
ALTER TABLE typed ALTER COLUMN zoned TYPE timestamp(3)
ALTER TABLE typed ALTER COLUMN zoned TYPE timestamptz(3)
ALTER TABLE typed ALTER COLUMN zoned3 TYPE timestamptz
ALTER TABLE typed ALTER COLUMN zoned3 TYPE timestamptz(6)
ALTER TABLE typed ALTER COLUMN zoned3 TYPE timestamp(3)
ALTER TABLE typed ALTER COLUMN zoned3 TYPE timestamp
ALTER TABLE typed ALTER COLUMN span TYPE interval(3)
ALTER TABLE typed ALTER COLUMN span3 TYPE interval(6)
ALTER TABLE typed ALTER COLUMN span3 TYPE interval
ALTER TABLE typed ALTER COLUMN span3 TYPE interval(2)
ALTER TABLE typed ALTER COLUMN span TYPE interval day to second
ALTER TABLE typed ALTER COLUMN day TYPE timestamp
ALTER TABLE typed ALTER COLUMN day TYPE timestamptz
ALTER TABLE typed ALTER COLUMN clock TYPE time(3)
ALTER TABLE typed ALTER COLUMN clock3 TYPE time
ALTER TABLE typed ALTER COLUMN clock3 TYPE time(6)
ALTER TABLE typed ALTER COLUMN clock TYPE timetz
ALTER TABLE typed ALTER COLUMN zone_clock TYPE timetz(3)
-- Everything else
ALTER TABLE child ALTER COLUMN mood TYPE text USING mood::text
ALTER TABLE child ALTER COLUMN fixed TYPE varchar(5)
ALTER TABLE child ALTER COLUMN fixed TYPE char(10)
ALTER TABLE child ALTER COLUMN tags TYPE text[]
ALTER TABLE child ALTER COLUMN address TYPE inet
ALTER TABLE child ALTER COLUMN amount TYPE integer
ALTER TABLE child ALTER COLUMN ratio TYPE double precision
ALTER TABLE child ALTER COLUMN data TYPE jsonb
ALTER TABLE child ALTER COLUMN key TYPE text
ALTER TABLE child ALTER COLUMN span TYPE interval(6)
ALTER TABLE child ALTER COLUMN bits TYPE varbit(9)
ALTER TABLE child ALTER COLUMN small TYPE integer
ALTER TABLE child ALTER COLUMN amount TYPE positive
ALTER TABLE typed ALTER COLUMN data TYPE jsonb
ALTER TABLE typed ALTER COLUMN data TYPE jsonb USING data::jsonb
ALTER TABLE typed ALTER COLUMN data TYPE text
ALTER TABLE typed ALTER COLUMN document TYPE jsonb
ALTER TABLE typed ALTER COLUMN document TYPE jsonb USING document
ALTER TABLE typed ALTER COLUMN network TYPE inet
ALTER TABLE typed ALTER COLUMN host TYPE cidr
ALTER TABLE typed ALTER COLUMN host TYPE text
ALTER TABLE typed ALTER COLUMN bits TYPE bit(9)
ALTER TABLE typed ALTER COLUMN bits TYPE varbit(5)
ALTER TABLE typed ALTER COLUMN varbits TYPE varbit(9)
ALTER TABLE typed ALTER COLUMN varbits TYPE varbit
ALTER TABLE typed ALTER COLUMN varbits TYPE varbit(3)
ALTER TABLE typed ALTER COLUMN feeling TYPE text
ALTER TABLE typed ALTER COLUMN feeling TYPE mood
ALTER TABLE typed ALTER COLUMN feeling TYPE mood_new USING feeling::text::mood_new
ALTER TABLE typed ALTER COLUMN spare TYPE mood USING spare::mood
ALTER TABLE typed ALTER COLUMN feelings TYPE mood_new[] USING feelings::text::mood_new[]
ALTER TABLE typed ALTER COLUMN feelings TYPE text[]
ALTER TABLE typed ALTER COLUMN numbers TYPE bigint[]
ALTER TABLE typed ALTER COLUMN numbers TYPE integer[]
ALTER TABLE typed ALTER COLUMN words TYPE text[]
ALTER TABLE typed ALTER COLUMN words TYPE varchar(9)[]
ALTER TABLE typed ALTER COLUMN words TYPE varchar[]
ALTER TABLE typed ALTER COLUMN texts TYPE varchar[]
ALTER TABLE typed ALTER COLUMN texts TYPE jsonb USING to_jsonb(texts)
ALTER TABLE typed ALTER COLUMN key TYPE text
ALTER TABLE typed ALTER COLUMN spare TYPE uuid USING spare::uuid
ALTER TABLE typed ALTER COLUMN area TYPE text
ALTER TABLE typed ALTER COLUMN spare TYPE text[] USING ARRAY[spare]
ALTER TABLE typed ALTER COLUMN spare TYPE bytea USING spare::bytea
-- Columns that something stands on
ALTER TABLE child ALTER COLUMN checked TYPE bigint
ALTER TABLE child ALTER COLUMN checked TYPE integer
ALTER TABLE child ALTER COLUMN parent_id TYPE bigint
ALTER TABLE child ALTER COLUMN wide TYPE bigint
ALTER TABLE apart ALTER COLUMN id TYPE bigint
ALTER TABLE apart ALTER COLUMN id TYPE oid
ALTER TABLE apart_user ALTER COLUMN apart_id TYPE bigint
ALTER TABLE parent ALTER COLUMN name TYPE varchar(40)
ALTER TABLE parent ALTER COLUMN code TYPE varchar
ALTER TABLE held ALTER COLUMN label TYPE varchar(20)
ALTER TABLE held ALTER COLUMN label TYPE varchar(5)
ALTER TABLE held ALTER COLUMN code TYPE varchar(20)
ALTER TABLE held ALTER COLUMN code TYPE text
ALTER TABLE held ALTER COLUMN low TYPE integer
ALTER TABLE held ALTER COLUMN total TYPE numeric(20,2)
ALTER TABLE held ALTER COLUMN id TYPE bigint
ALTER TABLE held_part ALTER COLUMN held_code TYPE varchar(20)
ALTER TABLE held_part ALTER COLUMN held_code TYPE text
ALTER TABLE held_part ALTER COLUMN held_id TYPE bigint
ALTER TABLE tree ALTER COLUMN id TYPE bigint
ALTER TABLE tree ALTER COLUMN up TYPE bigint
ALTER TABLE pairs ALTER COLUMN a TYPE bigint
ALTER TABLE pair_user ALTER COLUMN b TYPE bigint
ALTER TABLE numbered ALTER COLUMN id TYPE bigint
ALTER TABLE numbered ALTER COLUMN other TYPE integer
ALTER TABLE called ALTER COLUMN n TYPE integer
ALTER TABLE animal ALTER COLUMN name TYPE varchar(20)
ALTER TABLE animal ALTER COLUMN name TYPE varchar(5)
ALTER TABLE animal ALTER COLUMN id TYPE bigint
ALTER TABLE log ALTER COLUMN message TYPE varchar
ALTER TABLE log ALTER COLUMN message TYPE varchar(20)
ALTER TABLE event ALTER COLUMN note TYPE varchar(20)
ALTER TABLE event ALTER COLUMN note TYPE text
ALTER TABLE event ALTER COLUMN note TYPE varchar(5)
ALTER TABLE event ALTER COLUMN id TYPE bigint
ALTER TABLE event ALTER COLUMN parent_id TYPE bigint
ALTER TABLE nullable ALTER COLUMN b TYPE integer
ALTER TABLE nullable ALTER COLUMN b TYPE bigint
ALTER TABLE typed ALTER COLUMN markup TYPE text
ALTER TABLE typed ALTER COLUMN bits TYPE varbit
