"""The publications of the named networks; an earlier network in a later form has the year of the network."""

from resnet_viz.spec.catalog.record import Paper
from resnet_viz.texts import tr

HE2015 = Paper("He et al., Deep Residual Learning for Image Recognition, arXiv:1512.03385", 2015)
HE2016 = Paper("He et al., Identity Mappings in Deep Residual Networks, arXiv:1603.05027", 2016)
XIE2016 = Paper("Xie et al., Aggregated Residual Transformations, arXiv:1611.05431", 2016)
ZAGORUYKO2016 = Paper("Zagoruyko and Komodakis, Wide Residual Networks, arXiv:1605.07146", 2016)
MASK_RCNN = Paper("He et al., Mask R-CNN, arXiv:1703.06870; layer names of the Caffe models", 2017)
TUTORIAL = Paper(tr("a widespread CIFAR-10 tutorial's variant"), None)
MAHAJAN2018 = Paper("Mahajan et al., Limits of Weakly Supervised Pretraining, arXiv:1805.00932", 2018)
HU2017 = Paper("Hu et al., Squeeze-and-Excitation Networks, arXiv:1709.01507", 2017)
WU2018 = Paper("Wu and He, Group Normalization, arXiv:1803.08494", 2018)
HE2018 = Paper("He et al., Bag of Tricks for Image Classification, arXiv:1812.01187", 2018)
ZHANG2019 = Paper("Zhang, Making Convolutional Networks Shift-Invariant Again, arXiv:1904.11486", 2019)
WANG2019 = Paper("Wang et al., ECA-Net: Efficient Channel Attention, arXiv:1910.03151", 2019)
SINGH2019 = Paper("Singh and Krishnan, Filter Response Normalization, arXiv:1911.09737", 2019)
KOLESNIKOV2019 = Paper("Kolesnikov et al., Big Transfer (BiT), arXiv:1912.11370", 2019)
LIU2020 = Paper("Liu et al., Evolving Normalization-Activation Layers, arXiv:2004.02967", 2020)
BELLO2021 = Paper("Bello et al., Revisiting ResNets, arXiv:2103.07579", 2021)
AFLALO2020 = Paper("Aflalo et al., Knapsack Pruning with Inner Distillation, arXiv:2002.08258", 2020)
WIGHTMAN = Paper("Wightman, PyTorch Image Models", 2019)
