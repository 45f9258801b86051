-- Any number of languages. Which ones there are is for src/locales to say: the database keeps names by language, and only looks at the shape of a
-- language's tag.
ALTER TABLE category ADD COLUMN names jsonb;
UPDATE category SET names = jsonb_build_object('fr', name_fr, 'en', name_en);
ALTER TABLE category
  ALTER COLUMN names SET NOT NULL,
  ADD CHECK (jsonb_typeof(names) = 'object' AND names <> '{}'),
  DROP COLUMN name_fr,
  DROP COLUMN name_en;

ALTER TABLE account DROP CONSTRAINT account_locale_check;
ALTER TABLE account ADD CONSTRAINT account_locale_check CHECK (locale ~ '^[a-z]{2,3}$');
