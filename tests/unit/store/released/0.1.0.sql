-- A small exchange as release 0.1.0 left it: made by running that release's own services, then dumped by SQLite.
-- What that release read back from it is in 0.1.0.json. A migration is tested from here; never edit this file.
BEGIN TRANSACTION;
CREATE TABLE commitments (
	course VARCHAR(128) NOT NULL, 
	learner VARCHAR(128) NOT NULL, 
	module VARCHAR(128) NOT NULL, 
	prompt VARCHAR(128) NOT NULL, 
	number INTEGER NOT NULL, 
	release INTEGER NOT NULL, 
	response JSON NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	receipt INTEGER NOT NULL, 
	PRIMARY KEY (course, learner, module, prompt, number)
);
INSERT INTO "commitments" VALUES('lamps','maria','first','p1',1,2,'{"text": "Die Lampe \u706f \ud83e\ude94, the second one: I would look at it first."}','7f3c421cb889f5217e972add9deb6905b2029820a236ed1fdec17f950f236c06','2027-01-11 08:06:00.000009',1);
INSERT INTO "commitments" VALUES('lamps','maria','first','p1',2,2,'{"text": "On second thoughts, I would rather look at the first one."}','305f1daa29c2cfc9b6fa19e0a5ab1ff64eee5678aa3089e7573c911d14b4c873','2027-01-11 08:07:05.000010',2);
INSERT INTO "commitments" VALUES('lamps','maria','first','p2',1,2,'{"text": "I would look at the second table before I decide anything."}','07af92925cb37c426a1cdaa2c6be2a2a5855f606aa162947db69c3a986de1e6b','2027-01-11 08:07:05.000012',3);
INSERT INTO "commitments" VALUES('lamps','maria','second','p1',1,1,'{"text": "I would look at the second table before I decide anything."}','07af92925cb37c426a1cdaa2c6be2a2a5855f606aa162947db69c3a986de1e6b','2027-01-23 08:07:05.000017',6);
CREATE TABLE completions (
	course VARCHAR(128) NOT NULL, 
	learner VARCHAR(128) NOT NULL, 
	module VARCHAR(128) NOT NULL, 
	release INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (course, learner, module)
);
INSERT INTO "completions" VALUES('lamps','maria','first',2,'2027-01-11 08:07:05.000012');
CREATE TABLE courses (
	course VARCHAR(128) NOT NULL, 
	definition TEXT NOT NULL, 
	PRIMARY KEY (course)
);
INSERT INTO "courses" VALUES('lamps','{"id":"lamps","title":"Lamps","time_zone":"Europe/Berlin","modules":[{"id":"first","title":"First","summary":"","case":null,"minutes":60,"after":[],"gate":{"kind":"submitted","mark":0.0},"opens":null,"due":"2027-01-20T12:00:00Z","parameters":{}},{"id":"second","title":"Second","summary":"","case":null,"minutes":60,"after":["first"],"gate":{"kind":"submitted","mark":0.0},"opens":null,"due":null,"parameters":{}},{"id":"third","title":"Third","summary":"","case":null,"minutes":60,"after":["second"],"gate":{"kind":"submitted","mark":0.0},"opens":null,"due":null,"parameters":{}}],"language":"en","competencies":[],"parameters":{}}');
CREATE TABLE events (
	number INTEGER NOT NULL, 
	course VARCHAR(128) NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR(128) NOT NULL, 
	verb VARCHAR(64) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	details JSON NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "events" VALUES(1,'lamps','2027-01-11 08:00:00.000001','operator','enrol','maria','{"role": "learner"}');
INSERT INTO "events" VALUES(2,'lamps','2027-01-11 08:00:00.000001','operator','enrol','olu','{"role": "learner"}');
INSERT INTO "events" VALUES(3,'lamps','2027-01-11 08:00:00.000001','operator','enrol','chen','{"role": "instructor"}');
INSERT INTO "events" VALUES(4,'lamps','2027-01-11 08:00:00.000001','operator','enrol','gil','{"role": "grader"}');
INSERT INTO "events" VALUES(5,'other','2027-01-11 08:00:00.000002','operator','enrol','maria','{"role": "grader"}');
INSERT INTO "events" VALUES(6,'lamps','2027-01-11 08:00:00.000003','chen','put course','Lamps','{}');
INSERT INTO "events" VALUES(7,'lamps','2027-01-11 08:00:00.000004','chen','release','first','{"release": 1}');
INSERT INTO "events" VALUES(8,'lamps','2027-01-11 08:00:00.000005','chen','release','second','{"release": 1}');
INSERT INTO "events" VALUES(9,'lamps','2027-01-11 08:00:00.000006','chen','release','first','{"release": 2}');
INSERT INTO "events" VALUES(10,'lamps','2027-01-11 08:00:00.000007','maria','fetch','first','{"release": 2}');
INSERT INTO "events" VALUES(11,'lamps','2027-01-11 08:03:00.000008','olu','fetch','first','{"release": 2}');
INSERT INTO "events" VALUES(12,'lamps','2027-01-11 08:06:00.000009','maria','commit','first/p1','{"release": 2, "number": 1}');
INSERT INTO "events" VALUES(13,'lamps','2027-01-11 08:07:05.000010','maria','revise','first/p1','{"release": 2, "number": 2}');
INSERT INTO "events" VALUES(14,'lamps','2027-01-11 08:07:05.000012','maria','commit','first/p2','{"release": 2, "number": 1}');
INSERT INTO "events" VALUES(15,'lamps','2027-01-11 08:07:05.000012','maria','submit','first','{"submission": "2d037a8bb85d9fdf46c62427dee68c40"}');
INSERT INTO "events" VALUES(16,'lamps','2027-01-23 08:07:05.000014','maria','submit','first','{"submission": "038874e0122d28503c5c762519f86d95"}');
INSERT INTO "events" VALUES(17,'lamps','2027-01-23 08:07:05.000015','maria','fetch','second','{"release": 1}');
INSERT INTO "events" VALUES(18,'lamps','2027-01-23 08:07:05.000017','maria','commit','second/p1','{"release": 1, "number": 1}');
INSERT INTO "events" VALUES(19,'lamps','2027-01-23 08:07:05.000017','maria','submit','second','{"submission": "8020ff6112efd71f175f3fbf8d212bbc"}');
INSERT INTO "events" VALUES(20,'lamps','2027-01-23 08:09:05.000019','olu','submit','first','{"submission": "3666f1ebce37747ec5448cb2dc99591c"}');
INSERT INTO "events" VALUES(21,'lamps','2027-01-23 08:09:05.000020','gil','release feedback','first/maria','{}');
INSERT INTO "events" VALUES(22,'lamps','2027-01-23 08:09:05.000021','gil','release feedback','first/olu','{}');
INSERT INTO "events" VALUES(23,'lamps','2027-01-23 08:09:05.000022','chen','waive','second','{"learner": "olu", "reason": "did it last year"}');
CREATE TABLE feedback (
	number INTEGER NOT NULL, 
	course VARCHAR(128) NOT NULL, 
	module VARCHAR(128) NOT NULL, 
	learner VARCHAR(128) NOT NULL, 
	share FLOAT NOT NULL, 
	definition TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "feedback" VALUES(1,'lamps','first','maria',0.75,'{"course":"lamps","module":"first","learner":"maria","submission":"038874e0122d28503c5c762519f86d95","score":7.5,"max_score":10.0,"files":[{"path":"feedback.html","digest":"3a78b87b9173013448853bd71946ca75d4483d76501aaa22577c0d08207c862e","size":28}],"at":"2027-01-23T08:09:05.000020Z","by":"gil"}','2027-01-23 08:09:05.000020');
INSERT INTO "feedback" VALUES(2,'lamps','first','olu',0.0,'{"course":"lamps","module":"first","learner":"olu","submission":null,"score":0.0,"max_score":10.0,"files":[{"path":"feedback.html","digest":"8da7a72482c0cbc7c505844cd89826f838f891231e5b85b09c488e4dd57c3a77","size":26}],"at":"2027-01-23T08:09:05.000021Z","by":"gil"}','2027-01-23 08:09:05.000021');
CREATE TABLE fetches (
	course VARCHAR(128) NOT NULL, 
	learner VARCHAR(128) NOT NULL, 
	module VARCHAR(128) NOT NULL, 
	release INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (course, learner, module, release)
);
INSERT INTO "fetches" VALUES('lamps','maria','first',2,'2027-01-11 08:00:00.000007');
INSERT INTO "fetches" VALUES('lamps','olu','first',2,'2027-01-11 08:03:00.000008');
INSERT INTO "fetches" VALUES('lamps','maria','second',1,'2027-01-23 08:07:05.000015');
CREATE TABLE members (
	course VARCHAR(128) NOT NULL, 
	user VARCHAR(128) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	PRIMARY KEY (course, user)
);
INSERT INTO "members" VALUES('lamps','maria','learner','María 灯');
INSERT INTO "members" VALUES('lamps','olu','learner','');
INSERT INTO "members" VALUES('lamps','chen','instructor','Chén');
INSERT INTO "members" VALUES('lamps','gil','grader','');
INSERT INTO "members" VALUES('other','maria','grader','');
CREATE TABLE openings (
	number INTEGER NOT NULL, 
	course VARCHAR(128) NOT NULL, 
	learner VARCHAR(128) NOT NULL, 
	module VARCHAR(128) NOT NULL, 
	waived BOOLEAN NOT NULL, 
	reason TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (course, learner, module, waived)
);
INSERT INTO "openings" VALUES(1,'lamps','olu','second',1,'did it last year','2027-01-23 08:09:05.000022');
CREATE TABLE receipts (
	course VARCHAR(128) NOT NULL, 
	learner VARCHAR(128) NOT NULL, 
	number INTEGER NOT NULL, 
	receipt TEXT NOT NULL, 
	PRIMARY KEY (course, learner, number)
);
INSERT INTO "receipts" VALUES('lamps','maria',1,'{"kind":"commitment","course":"lamps","module":"first","learner":"maria","release":2,"subject":"p1","digest":"7f3c421cb889f5217e972add9deb6905b2029820a236ed1fdec17f950f236c06","at":"2027-01-11T08:06:00.000009Z","previous":"","key":"9010514df3a29aea","signature":"5SVJeY8ItQACBE5GBEyMg2g4EPKofy96xorGxJF+0sayQhKh1QbdQM7wPvxccgCKrE9DNXrTbgSsLIQdjfUJAA=="}');
INSERT INTO "receipts" VALUES('lamps','maria',2,'{"kind":"commitment","course":"lamps","module":"first","learner":"maria","release":2,"subject":"p1","digest":"305f1daa29c2cfc9b6fa19e0a5ab1ff64eee5678aa3089e7573c911d14b4c873","at":"2027-01-11T08:07:05.000010Z","previous":"c735b624cdce8c307fe87159c17543be06a21164f97c61ddd26de337c7ae6d34","key":"9010514df3a29aea","signature":"C+lwMiY55F4jptkJuxrc3dgpqe9JrlHDkZoQ2xBp8zFLg6jcRZE3m6YAp6PlMBhzprcHxoB6mekuifCN5mG3CA=="}');
INSERT INTO "receipts" VALUES('lamps','maria',3,'{"kind":"commitment","course":"lamps","module":"first","learner":"maria","release":2,"subject":"p2","digest":"07af92925cb37c426a1cdaa2c6be2a2a5855f606aa162947db69c3a986de1e6b","at":"2027-01-11T08:07:05.000012Z","previous":"22965a3951039368364c7acc1ef2820808f58266dd30a36fd15caf15cf7159f7","key":"9010514df3a29aea","signature":"ejrE658B3+HyRVyVrV07x2W6SJ0ZeT1QrYeMV7N09mir7DkMSCBQqWg3ZsDthPr7fSKvwYmlkWhFiORomBpDDQ=="}');
INSERT INTO "receipts" VALUES('lamps','maria',4,'{"kind":"submission","course":"lamps","module":"first","learner":"maria","release":2,"subject":"2d037a8bb85d9fdf46c62427dee68c40","digest":"28c8af137275df1a151f50261a8af88977b1296b017a45c9c5db0cb5593098a9","at":"2027-01-11T08:07:05.000012Z","previous":"afc2046a87f250961b35ed83be1f13b2128f9898896746301d18673c6826f26c","key":"9010514df3a29aea","signature":"MPEN+w9Jr/e5S3ntn3SLsnuH/FMgIKM0fkqqF/QLta5XKw3ZiFyqLH3xRexG1B0O8Qh9P75g/gQ6TG0i6lh6DA=="}');
INSERT INTO "receipts" VALUES('lamps','maria',5,'{"kind":"submission","course":"lamps","module":"first","learner":"maria","release":2,"subject":"038874e0122d28503c5c762519f86d95","digest":"8a4e464d75d842f77cf405ebe120e5284a6ec41623f894ff747efb2521d2c092","at":"2027-01-23T08:07:05.000014Z","previous":"96ad6094c97e0ff597b3a497eacd1bb3c0c70424dbff5f307978c22af50505d1","key":"9010514df3a29aea","signature":"UI7AwgT/gRBWfZyrDCz78tazfgia16FZOEa3Ts4lFr1T3jIi7elS+JTmWnan+m8RHaK7hlUXQdVR/KxJM3QLDQ=="}');
INSERT INTO "receipts" VALUES('lamps','maria',6,'{"kind":"commitment","course":"lamps","module":"second","learner":"maria","release":1,"subject":"p1","digest":"07af92925cb37c426a1cdaa2c6be2a2a5855f606aa162947db69c3a986de1e6b","at":"2027-01-23T08:07:05.000017Z","previous":"dad43920ff8c4fec42dc671dbcb64ccbdedc459bff06620a4d6885518cf0640a","key":"9010514df3a29aea","signature":"h21HvPPHuBYVVDnc9Y6ooy4l3gn4wiZtbRBXQNdaDKThy3ypaAtJ0FiWpafANPMPVnNofBGIRGUKdjXVRipVDw=="}');
INSERT INTO "receipts" VALUES('lamps','maria',7,'{"kind":"submission","course":"lamps","module":"second","learner":"maria","release":1,"subject":"8020ff6112efd71f175f3fbf8d212bbc","digest":"2fd9a698e6300ec6a1e4ebf2d91cc8be017a22784afb8696e74f504945d1461f","at":"2027-01-23T08:07:05.000017Z","previous":"9fb15ff2fb7998e61e95f5f85000ce252a5ee6fb8b276c5593c312705004d583","key":"9010514df3a29aea","signature":"bV8H+Fej4JByHoGeYSNhtgvEolhEze5rfJIj1GlopfxYz5+u4qPen620QUIkxlAdBYhL7wxqXXDSBNn5WBduBQ=="}');
INSERT INTO "receipts" VALUES('lamps','olu',1,'{"kind":"submission","course":"lamps","module":"first","learner":"olu","release":2,"subject":"3666f1ebce37747ec5448cb2dc99591c","digest":"4b4d5a196c8eb215b573bd425b12370728a4d1b1d1ac262a3f16e4182e171d2c","at":"2027-01-23T08:09:05.000019Z","previous":"","key":"9010514df3a29aea","signature":"BvL52rTp5aWC6vlMKA0e5sPRk0A02l1p6tMPkw1Q2NPxGz7DzIy7vwnWROp1YVaNOLu0mbqZ+yfbNm+RXz0jCQ=="}');
CREATE TABLE releases (
	course VARCHAR(128) NOT NULL, 
	module VARCHAR(128) NOT NULL, 
	number INTEGER NOT NULL, 
	definition TEXT NOT NULL, 
	PRIMARY KEY (course, module, number)
);
INSERT INTO "releases" VALUES('lamps','first',1,'{"course":"lamps","module":"first","number":1,"files":[{"path":"first.ipynb","digest":"f71e821fc2484c9af767479cc55d5e5ba1eff22e297591a7bedcba5f08ce290f","size":150},{"path":"exhibits/rooms.csv","digest":"eb86189f25027f73fbd89397323e45291184bee31c61b28455620266b52106f4","size":15}],"prompts":[{"id":"p1","kind":"reflection","title":"Prompt p1","question":"","minutes":5.0,"required":true,"competencies":[],"rubric":null,"min_words":5,"max_words":300,"options":[],"items":[],"fields":[],"scale":[],"unit":"","minimum":null,"maximum":null,"step":null},{"id":"p2","kind":"reflection","title":"Prompt p2","question":"","minutes":5.0,"required":true,"competencies":[],"rubric":null,"min_words":5,"max_words":300,"options":[],"items":[],"fields":[],"scale":[],"unit":"","minimum":null,"maximum":null,"step":null}],"reveals":[{"after":"p1","cells":"7de694d4e8cbf8f4d144633348d8a347576d661a69ed1241e39bdeb01f9a1991","files":[{"path":"p1.csv","digest":"cc5c4346f643df90bca84b1a507696bfaaef7934bec7d8d5629651263d60e7af","size":22}]}],"released_at":"2027-01-11T08:00:00.000004Z","released_by":"chen"}');
INSERT INTO "releases" VALUES('lamps','second',1,'{"course":"lamps","module":"second","number":1,"files":[{"path":"second.ipynb","digest":"da920aa54c8f15193194c1a572d1fa18445547a635d06d6afc71bf08225e7827","size":151},{"path":"exhibits/rooms.csv","digest":"eb86189f25027f73fbd89397323e45291184bee31c61b28455620266b52106f4","size":15}],"prompts":[{"id":"p1","kind":"reflection","title":"Prompt p1","question":"","minutes":5.0,"required":true,"competencies":[],"rubric":null,"min_words":5,"max_words":300,"options":[],"items":[],"fields":[],"scale":[],"unit":"","minimum":null,"maximum":null,"step":null},{"id":"p2","kind":"reflection","title":"Prompt p2","question":"","minutes":5.0,"required":true,"competencies":[],"rubric":null,"min_words":5,"max_words":300,"options":[],"items":[],"fields":[],"scale":[],"unit":"","minimum":null,"maximum":null,"step":null}],"reveals":[{"after":"p1","cells":"b282e3dfec73231cc8f1d53ee76c54a2092d3096d94410a05f2d12005ab6bfcd","files":[{"path":"p1.csv","digest":"45a2e6fad7dd947cc9fb6f2aff0856ee33e5d64013bdd3c6aed01aea8373bd1e","size":23}]}],"released_at":"2027-01-11T08:00:00.000005Z","released_by":"chen"}');
INSERT INTO "releases" VALUES('lamps','first',2,'{"course":"lamps","module":"first","number":2,"files":[{"path":"first.ipynb","digest":"b1577c0ddc40279335fae4c1a5ca166546857af7e4c8205c57c24c73e597eede","size":155},{"path":"exhibits/rooms.csv","digest":"eb86189f25027f73fbd89397323e45291184bee31c61b28455620266b52106f4","size":15}],"prompts":[{"id":"p1","kind":"reflection","title":"Prompt p1","question":"","minutes":5.0,"required":true,"competencies":[],"rubric":null,"min_words":5,"max_words":300,"options":[],"items":[],"fields":[],"scale":[],"unit":"","minimum":null,"maximum":null,"step":null},{"id":"p2","kind":"reflection","title":"Prompt p2","question":"","minutes":5.0,"required":true,"competencies":[],"rubric":null,"min_words":5,"max_words":300,"options":[],"items":[],"fields":[],"scale":[],"unit":"","minimum":null,"maximum":null,"step":null}],"reveals":[{"after":"p1","cells":"7de694d4e8cbf8f4d144633348d8a347576d661a69ed1241e39bdeb01f9a1991","files":[{"path":"p1.csv","digest":"cc5c4346f643df90bca84b1a507696bfaaef7934bec7d8d5629651263d60e7af","size":22}]}],"released_at":"2027-01-11T08:00:00.000006Z","released_by":"chen"}');
CREATE TABLE submissions (
	number INTEGER NOT NULL, 
	id VARCHAR(128) NOT NULL, 
	course VARCHAR(128) NOT NULL, 
	module VARCHAR(128) NOT NULL, 
	learner VARCHAR(128) NOT NULL, 
	definition TEXT NOT NULL, 
	receipt INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (id)
);
INSERT INTO "submissions" VALUES(1,'2d037a8bb85d9fdf46c62427dee68c40','lamps','first','maria','{"id":"2d037a8bb85d9fdf46c62427dee68c40","course":"lamps","module":"first","learner":"maria","release":2,"files":[{"path":"first.ipynb","digest":"8c04f405e8f76a405fb4a3ff0a1f3cd589d60cd2deb06ced3e00e32d884a4834","size":150}],"digest":"28c8af137275df1a151f50261a8af88977b1296b017a45c9c5db0cb5593098a9","at":"2027-01-11T08:07:05.000012Z","missing":[]}',4,'2027-01-11 08:07:05.000012');
INSERT INTO "submissions" VALUES(2,'038874e0122d28503c5c762519f86d95','lamps','first','maria','{"id":"038874e0122d28503c5c762519f86d95","course":"lamps","module":"first","learner":"maria","release":2,"files":[{"path":"first.ipynb","digest":"c6e5731b85bdc74cdc76a0b1bc1fac075b873cdd8a34da00f95bb03a27a0ea41","size":151}],"digest":"8a4e464d75d842f77cf405ebe120e5284a6ec41623f894ff747efb2521d2c092","at":"2027-01-23T08:07:05.000014Z","missing":[]}',5,'2027-01-23 08:07:05.000014');
INSERT INTO "submissions" VALUES(3,'8020ff6112efd71f175f3fbf8d212bbc','lamps','second','maria','{"id":"8020ff6112efd71f175f3fbf8d212bbc","course":"lamps","module":"second","learner":"maria","release":1,"files":[{"path":"second.ipynb","digest":"6c5954f8022d4c2ec13b0c7df8da5f1526dc860204ede675bc77d48ed38a124e","size":142}],"digest":"2fd9a698e6300ec6a1e4ebf2d91cc8be017a22784afb8696e74f504945d1461f","at":"2027-01-23T08:07:05.000017Z","missing":["p2"]}',7,'2027-01-23 08:07:05.000017');
INSERT INTO "submissions" VALUES(4,'3666f1ebce37747ec5448cb2dc99591c','lamps','first','olu','{"id":"3666f1ebce37747ec5448cb2dc99591c","course":"lamps","module":"first","learner":"olu","release":2,"files":[{"path":"first.ipynb","digest":"65ae18eaccf3a55d533301f506f5621a30206a9f9b1abf3b3ec457cebf688640","size":137}],"digest":"4b4d5a196c8eb215b573bd425b12370728a4d1b1d1ac262a3f16e4182e171d2c","at":"2027-01-23T08:09:05.000019Z","missing":["p1","p2"]}',1,'2027-01-23 08:09:05.000019');
CREATE INDEX members_by_user ON members (user);
CREATE INDEX commitments_by_prompt ON commitments (course, module, prompt, number);
CREATE INDEX submissions_by_module ON submissions (course, module, number);
CREATE INDEX submissions_by_learner ON submissions (course, learner, module, number);
CREATE INDEX feedback_by_learner ON feedback (course, learner, module, number);
CREATE INDEX events_by_course ON events (course, number);
COMMIT;
