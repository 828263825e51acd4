"""The beat's whole timetable: when, which task, why."""

from datetime import timedelta

from celery.schedules import crontab

BEAT = {
    # a hint may be lost with the broker: the marks are the truth, so look at them often
    "sweep marks": {"task": "measurement.sweep", "schedule": timedelta(seconds=5)},
    # people's layers follow their touches and orders; nobody waits for them by the second
    "sweep crowds": {"task": "measurement.sweep_crowds", "schedule": timedelta(seconds=30)},
    # just after midnight in Shanghai another day is complete
    "crowds of the day": {"task": "measurement.crowds_of_the_day", "schedule": crontab(hour=16, minute=10)},
    # the daily counts of touches that pages read
    "sweep tallies": {"task": "measurement.sweep_tallies", "schedule": timedelta(seconds=20)},
    # what one app tells another goes on within seconds, hint or not
    "sweep events": {"task": "merchants.sweep_events", "schedule": timedelta(seconds=5)},
    # webhooks leave within seconds, hint or not, and are tried again when they are due
    "sweep webhooks": {"task": "merchants.sweep_webhooks", "schedule": timedelta(seconds=5)},
    # a push that was answered is read within seconds, hint or not
    "sweep deliveries of leads": {"task": "leads.sweep_deliveries", "schedule": timedelta(seconds=5)},
    # reply clocks are counted in seconds: breaches, silent agents, what still waits for somebody
    "sweep desks": {"task": "leads.sweep_desks", "schedule": timedelta(seconds=10)},
    # replies and what sources are told leave within seconds, hint or not; sources are asked when they are due
    "sweep outgoing": {"task": "leads.sweep_outgoing", "schedule": timedelta(seconds=5)},
    # a file of the desk whose worker died goes on
    "resume exports": {"task": "leads.resume_exports", "schedule": timedelta(seconds=30)},
    # who leads a shift hears of the day before in the morning of the merchant's clock
    "letters of shifts": {"task": "leads.sweep_shifts", "schedule": timedelta(minutes=10)},
    # files of the desk hold people: they are kept for days, with contacts for one
    "purge exports": {"task": "leads.purge_exports", "schedule": crontab(hour=19, minute=25)},
    # journeys of marked days, and the models that pages asked for
    "sweep journeys": {"task": "measurement.sweep_journeys", "schedule": timedelta(seconds=20)},
    # windows close with the day in Shanghai: yesterday's journeys without an order
    "journeys of the day": {
        "task": "measurement.journeys_of_the_day",
        "schedule": crontab(hour=16, minute=20),
    },
    # classes, moves and ripening follow the ledger at a distance: many changes are judged together
    "sweep judging": {"task": "measurement.sweep_judging", "schedule": timedelta(seconds=30)},
    # reports by e-mail go out at full hours; one that could not be handed over is tried again
    "sweep letters": {"task": "measurement.sweep_letters", "schedule": timedelta(seconds=60)},
    # the wholes are estimated anew at night, when nobody waits for a figure
    "wholes of the day": {"task": "measurement.wholes_of_the_day", "schedule": crontab(hour=17, minute=40)},
    # an estimate that was asked for goes on
    "sweep wholes": {"task": "measurement.sweep_wholes", "schedule": timedelta(seconds=20)},
    # sales, buyers and live streams follow the ledger; they are counted whole, so not at every order
    "count sales": {"task": "measurement.sweep_sales", "schedule": timedelta(minutes=15)},
    # owners hear of papers running out in the working hours of Shanghai; a mail server that was away is tried again
    "papers running out": {"task": "merchants.sweep_expiry", "schedule": crontab(hour="1-10", minute=20)},
    # a paper whose worker was killed before its row was written belongs to nobody
    "sweep papers": {"task": "merchants.sweep_papers", "schedule": crontab(hour=19, minute=30)},
    # raw deliveries are kept only as long as a replay may be wanted
    "purge deliveries": {"task": "merchants.purge_deliveries", "schedule": crontab(hour=19, minute=20)},
    # what comments say is read within minutes of their coming in
    "sweep comments": {"task": "measurement.sweep_comments", "schedule": timedelta(minutes=5)},
    # touches and joins of keys go when their source's time is over
    "delete what is old": {"task": "measurement.sweep_old", "schedule": crontab(hour=18, minute=30)},
    # comments are words of people: they are kept for a while only
    "purge comments": {"task": "measurement.purge_comments", "schedule": crontab(hour=19, minute=35)},
    # words of clinic chats and minors without consent are kept for a short while only
    "forget words": {"task": "leads.forget_words", "schedule": crontab(hour=19, minute=50)},
    # an upload whose worker died goes on
    "resume uploads": {"task": "merchants.resume_uploads", "schedule": timedelta(seconds=30)},
    # a file of everything whose worker died goes on
    "resume archives": {"task": "merchants.resume_archives", "schedule": timedelta(seconds=30)},
    # merchants that two operators wanted deleted go when their waiting time is over
    "delete merchants": {"task": "merchants.delete_merchants", "schedule": crontab(minute=25)},
    # cycles change slowly: each merchant's are learned anew once a week, at night
    "learn cycles": {"task": "measurement.learn_due_cycles", "schedule": crontab(hour=19, minute=40)},
    "resume cycles": {"task": "measurement.resume_cycles", "schedule": timedelta(seconds=30)},
    # time starts and ends experiments; what they show before the end is renewed each day
    "sweep experiments": {"task": "measurement.sweep_experiments", "schedule": timedelta(minutes=1)},
}
