"""A studio on its way in, and what it hands in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from merchants import tenancy
from merchants.models import Application, ApplicationItem, Merchant, User
from merchants.operations import applications, papers
from merchants.operations.applications import Business
from tests.conftest import make_member
from tests.merchants.documents.papers import picture

STUDIO = Business("木棉摄影", "company", "own", ["wedding_photography"], ["静安店"])
CLINIC = Business("Clear Skin", "company", "own", ["medical_aesthetics"])
ANSWERS = {
    "business_licence": {"uscc": "91310000MA1FL70B67", "legal_name": "木棉摄影有限公司", "valid_until": "permanent"},
    "stamped_letter": {"operator_name": "王小明"},
    "contact": {"phone": "021-5555 0100"},
    "account_name": {"account_name": "木棉摄影", "trademark_number": "3456789"},
    "account_fee": {},
    "shop_contact": {"address": "静安区南京西路 1 号", "phone": "021-5555 0101"},
    "shop_name": {},
    "price_list": {},
}  # fmt: skip
PAPERS = ("business_licence", "stamped_letter", "account_name", "shop_name")


@dataclass
class Door:
    """Somebody who applies for a business."""

    user: User
    merchant: Merchant

    @classmethod
    def opened(cls, business: Business = STUDIO, name: str = "owner") -> Door:
        user = User.objects.create_user(name, email=f"{name}@example.com", password="s3cret-of-the-owner")
        case = applications.start(user, business, by=f"user:{user.pk}")
        return cls(user, Merchant.objects.get(pk=case.merchant_id))

    @property
    def by(self) -> str:
        return f"user:{self.user.pk}"

    def answer_all(self) -> Door:
        for key, values in ANSWERS.items():
            if key in PAPERS:
                papers.hand_in(self.merchant, key, filename=f"{key}.jpg", data=picture(), by=self.by)
            applications.answer(self.merchant, key, values, by=self.by)
        return self

    def submitted(self) -> Door:
        self.answer_all()
        applications.submit(self.merchant, user=self.user, by=self.by)
        return self

    @property
    def case(self) -> Application:
        with tenancy.acting_for(self.merchant):
            found: Application = Application.objects.get()
        return found

    def items(self) -> dict[str, ApplicationItem]:
        with tenancy.acting_for(self.merchant):
            return {item.key: item for item in ApplicationItem.objects.all()}

    def states(self) -> dict[str, str]:
        return {key: item.state for key, item in self.items().items()}


def reviewer(name: str) -> User:
    return User.objects.create_user(name, email=f"{name}@example.com", is_staff=True)


def let_in(merchant: Merchant, *, until: date) -> None:
    """As a merchant that was approved: with a licence that holds until that day, and an owner to hear of it."""
    owner = make_member(merchant)
    User.objects.filter(pk=owner.pk).update(email="owner@example.com")
    with tenancy.acting_for(merchant):
        case = Application.objects.create(
            merchant=merchant, name="Glow", form="company", brand="own", trades=["beauty"], state="approved"
        )
        ApplicationItem.objects.create(
            merchant=merchant, application=case, key="business_licence", state="accepted",
            values={"valid_until": until.isoformat()},
        )  # fmt: skip
