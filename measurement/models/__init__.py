"""Rows of measurement, from the catalogue to the ledger."""

from measurement.models.catalogue import Category, CategoryCycle, ItemMapping, MerchantCycle, Spu, SpuMargin
from measurement.models.comments import CommentLabel, CommentLearning, LabelCorrection
from measurement.models.content import (
    Agency,
    Blogger,
    Campaign,
    Channel,
    ChannelCode,
    Creative,
    Keyword,
    LiveStream,
    Note,
    Unit,
)
from measurement.models.crowds import (
    Audience,
    AudienceHandover,
    CrowdEntry,
    CrowdFlow,
    CrowdMark,
    CrowdMove,
    CrowdRule,
    CrowdSpell,
    PrivacyQuestion,
)
from measurement.models.cycles import (
    CycleLearning,
    CyclePreview,
    CycleTally,
    LearnedCycle,
    Progress,
    SpuCycle,
)
from measurement.models.experiment import Experiment, ExperimentUnit, Exposure, GeoDay
from measurement.models.journeys import JourneyDay, JourneyMark, JourneyModel
from measurement.models.keeping import KeptSource, SensitiveConsent
from measurement.models.ledger import Credit, CreditDay, CreditDayMark, Posting, Presence, Rollup, Run
from measurement.models.marks import BulkChange, DirtyMark, TouchedPerson
from measurement.models.moves import Move, StopRule
from measurement.models.order import Order, OrderKey, OrderLine, OrderPiece
from measurement.models.person import Identity, IdentityLink
from measurement.models.process import ProcessSetting, TallyMark, TallySpan, TouchTally
from measurement.models.reported import (
    AllianceRow,
    Comment,
    CrowdReport,
    MarketSeries,
    ProfileRow,
    Promotion,
)
from measurement.models.response import ResponseEstimate
from measurement.models.returns import JudgedRow, Judging, SpendFlag
from measurement.models.ripening import RipeningRow, SignalRelation
from measurement.models.sales import BuyerDay, LiveResult, SoldDay
from measurement.models.saved import Annotation, Mailing, SavedView, Schedule
from measurement.models.settings import RuleSetting
from measurement.models.spend import Spend
from measurement.models.touch import Touch

__all__ = [
    "Agency",
    "AllianceRow",
    "Annotation",
    "Audience",
    "AudienceHandover",
    "Blogger",
    "BulkChange",
    "BuyerDay",
    "Campaign",
    "Category",
    "CategoryCycle",
    "Channel",
    "ChannelCode",
    "Comment",
    "CommentLabel",
    "CommentLearning",
    "Creative",
    "Credit",
    "CreditDay",
    "CreditDayMark",
    "CrowdEntry",
    "CrowdFlow",
    "CrowdMark",
    "CrowdMove",
    "CrowdReport",
    "CrowdRule",
    "CrowdSpell",
    "CycleLearning",
    "CyclePreview",
    "CycleTally",
    "DirtyMark",
    "Experiment",
    "ExperimentUnit",
    "Exposure",
    "GeoDay",
    "Identity",
    "IdentityLink",
    "ItemMapping",
    "JourneyDay",
    "JourneyMark",
    "JourneyModel",
    "JudgedRow",
    "Judging",
    "KeptSource",
    "Keyword",
    "LabelCorrection",
    "LearnedCycle",
    "LiveResult",
    "LiveStream",
    "Mailing",
    "MarketSeries",
    "MerchantCycle",
    "Move",
    "Note",
    "Order",
    "OrderKey",
    "OrderLine",
    "OrderPiece",
    "Posting",
    "Presence",
    "PrivacyQuestion",
    "ProcessSetting",
    "ProfileRow",
    "Progress",
    "Promotion",
    "ResponseEstimate",
    "RipeningRow",
    "Rollup",
    "RuleSetting",
    "Run",
    "SavedView",
    "Schedule",
    "SensitiveConsent",
    "SignalRelation",
    "SoldDay",
    "Spend",
    "SpendFlag",
    "Spu",
    "SpuCycle",
    "SpuMargin",
    "StopRule",
    "TallyMark",
    "TallySpan",
    "Touch",
    "TouchTally",
    "TouchedPerson",
    "Unit",
]
